import CLinux
import Glibc

/// An IPv4 or IPv6 address with a port, in the kernel's form.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    init() {}

    /// Resolves a numeric address or a name; the first answer counts.
    init(host: String, port: Int) throws(HTTPServerError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard (0...65_535).contains(port), unsafe getaddrinfo(host, String(port), &hints, &found) == 0,
            let first = unsafe found, let address = unsafe first.pointee.ai_addr
        else { throw .unknownHost(host) }
        defer { unsafe freeaddrinfo(first) }
        length = unsafe first.pointee.ai_addrlen
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            let source = unsafe UnsafeRawBufferPointer(start: address, count: min(Int(length), bytes.count))
            unsafe bytes.copyMemory(from: source)
        }
    }

    /// The address a socket is bound to.
    init?(boundTo socket: Int32) {
        let result = unsafe fill { pointer, length in unsafe getsockname(socket, pointer, length) }
        guard result == 0 else { return nil }
    }

    /// Lets a call of the system write the address.
    mutating func fill(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int32 {
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        defer { self.length = length }
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe call($0, &length) }
        }
    }

    func bind(_ socket: Int32) -> Bool {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(socket, $0, length) == 0
            }
        }
    }

    var family: Int32 { Int32(storage.ss_family) }

    var port: Int {
        // sockaddr_in and sockaddr_in6 both keep the port behind the family, in network order.
        unsafe withUnsafeBytes(of: storage) { bytes in
            unsafe Int(UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    /// The address without the port; an IPv4 client of a socket for both is shown as IPv4.
    var text: String {
        unsafe withUnsafeBytes(of: storage) { bytes in
            // The address stands at offset 4 in sockaddr_in and at offset 8 in sockaddr_in6.
            guard family == AF_INET6 else { return unsafe Self.text(AF_INET, bytes[4..<8]) }
            let address = unsafe bytes[8..<24]
            let isMapped =
                unsafe address.prefix(10).allSatisfy { $0 == 0 } && bytes[18] == 0xFF && bytes[19] == 0xFF
            return unsafe isMapped ? Self.text(AF_INET, bytes[20..<24]) : Self.text(AF_INET6, address)
        }
    }

    private static func text(_ family: Int32, _ address: Slice<UnsafeRawBufferPointer>) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            let source = unsafe UnsafeRawBufferPointer(rebasing: address).baseAddress
            guard let source = unsafe source, let start = buffer.baseAddress,
                let text = unsafe inet_ntop(family, source, start, socklen_t(buffer.count))
            else { return "" }
            return unsafe String(cString: text)
        }
    }
}
