import Glibc

/// Octets on their way to a socket, and at most one file after them.
struct OutputQueue: ~Copyable {
    enum Progress {
        /// Everything was handed to the kernel.
        case drained
        /// The socket takes no more for now.
        case blocked
        /// The client has gone, or the file became shorter than was promised.
        case broken
    }

    /// Bodies above this are sent from where they are instead of being copied behind the head.
    private static let copiedBytes = 16 * 1024
    /// A larger buffer is given back once it was sent.
    private static let keptCapacity = 64 * 1024

    private var octets: [UInt8] = []
    private var body: [UInt8] = []
    /// How much of `octets` and then `body` was sent.
    private var sent = 0
    private var file: FileSlice?

    var pendingBytes: Int { octets.count + body.count - sent }

    mutating func edit(_ change: (inout [UInt8]) -> Void) { change(&octets) }

    mutating func append(body bytes: [UInt8]) {
        if bytes.count <= Self.copiedBytes { octets += bytes } else { body = bytes }
    }

    mutating func append(_ slice: consuming FileSlice) { file = consume slice }

    /// Sends until all is gone or the socket is full; tells whether anything went out by `hasProgressed`.
    mutating func flush(to socket: Int32, hasProgressed: inout Bool) -> Progress {
        while pendingBytes > 0 {
            let count = sendOctets(to: socket)
            if count < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN ? .blocked : .broken
            }
            hasProgressed = true
            sent += count
        }
        forgetSent()
        guard file != nil else { return .drained }
        let progress = file?.send(to: socket, hasProgressed: &hasProgressed) ?? .drained
        if case .drained = progress { file = nil }
        return progress
    }

    private func sendOctets(to socket: Int32) -> Int {
        let isHead = sent < octets.count
        let hasMore = file != nil || (isHead && !body.isEmpty)
        // MSG_NOSIGNAL: a client that left is an error code here, not a signal that ends the process.
        let flags = Int32(MSG_NOSIGNAL) | (hasMore ? Int32(MSG_MORE) : 0)
        let offset = isHead ? sent : sent - octets.count
        return unsafe (isHead ? octets : body)
            .withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
                return unsafe send(socket, rest.baseAddress, rest.count, flags)
            }
    }

    private mutating func forgetSent() {
        if octets.capacity > Self.keptCapacity {
            octets = []
        } else {
            octets.removeAll(keepingCapacity: true)
        }
        body = []
        sent = 0
    }
}
