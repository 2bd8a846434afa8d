import Glibc

/// Why a server could not start to listen.
package enum HTTPServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The host is no address and resolves to none.
    case unknownHost(String)
    /// Another process listens there.
    case addressInUse(host: String, port: Int)
    /// The address is not one of this machine's.
    case addressUnavailable(host: String)
    /// Ports below 1024 need a privilege.
    case permissionDenied(port: Int)
    /// Another call to the system failed.
    case system(call: String, code: Int32)

    package var description: String {
        switch self {
        case .unknownHost(let host): "no address for \(host)"
        case .addressInUse(let host, let port): "\(host) port \(port) is in use by another process"
        case .addressUnavailable(let host): "\(host) is not an address of this machine"
        case .permissionDenied(let port): "no permission to listen on port \(port)"
        case .system(let call, let code): "\(call) failed: \(Self.text(of: code))"
        }
    }

    /// The system's text for an error number.
    static func text(of code: Int32) -> String {
        // `strerror` may share one buffer between threads; the text is copied at once and is for people only.
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
