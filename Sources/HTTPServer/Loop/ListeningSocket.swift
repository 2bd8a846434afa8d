import CLinux
import Glibc

/// A bound socket that listens.
struct ListeningSocket: ~Copyable {
    enum Accepted {
        /// A descriptor the caller now owns, and the peer's address.
        case connection(Int32, address: String)
        /// Nobody waits.
        case none
        /// One client left before it was accepted; others may wait.
        case aborted
        case failed(code: Int32)
    }

    private let descriptor: Descriptor
    let port: Int

    /// Connections the kernel completes for us ahead of `accept`.
    static let backlog: Int32 = 1024

    var raw: Int32 { descriptor.raw }

    init(host: String, port: Int) throws(HTTPServerError) {
        let address = try SocketAddress(host: host, port: port)
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let raw = socket(address.family, flags, 0)
        guard raw >= 0 else { throw .system(call: "socket", code: errno) }
        let descriptor = Descriptor(owning: raw)
        // A restart must not wait for the old connections' last packets.
        Self.set(raw, SOL_SOCKET, SO_REUSEADDR, 1)
        if address.family == AF_INET6 { Self.set(raw, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        guard address.bind(raw) else { throw Self.bindError(errno, host: host, port: port) }
        guard listen(raw, Self.backlog) == 0 else { throw Self.bindError(errno, host: host, port: port) }
        guard let bound = SocketAddress(boundTo: raw) else { throw .system(call: "getsockname", code: errno) }
        self.port = bound.port
        self.descriptor = consume descriptor
    }

    borrowing func accept() -> Accepted {
        var address = SocketAddress()
        let raw = unsafe address.fill { pointer, length in
            unsafe accept4(
                descriptor.raw,
                pointer,
                length,
                Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            )
        }
        guard raw >= 0 else {
            // accept(2): "already-pending network errors on the new socket" come as errors of accept and are to be
            // treated like EAGAIN by retrying. https://man7.org/linux/man-pages/man2/accept.2.html
            return switch errno {
            case EAGAIN: .none
            case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
                EOPNOTSUPP,
                ENETUNREACH:
                .aborted
            default: .failed(code: errno)
            }
        }
        // Answers are written whole; waiting to fill a packet would only delay them.
        Self.set(raw, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        return .connection(raw, address: address.text)
    }

    private static func set(_ socket: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        // These options only improve things; a socket without them still works.
        _ = unsafe setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func bindError(_ code: Int32, host: String, port: Int) -> HTTPServerError {
        switch code {
        case EADDRINUSE: .addressInUse(host: host, port: port)
        case EADDRNOTAVAIL: .addressUnavailable(host: host)
        case EACCES, EPERM: .permissionDenied(port: port)
        default: .system(call: "bind", code: code)
        }
    }
}
