/// Sends requests to other servers.
///
/// Implemented by `HTTPClient`; consumed by `AWSClient` and `ImageProviders`.
///
/// One call is one attempt and follows no redirect, with one exception: an idempotent request (RFC 9110 §9.2.2) that
/// went out on a connection kept from before, and found it closed, may be sent again on a new one. A request that is
/// not idempotent is sent at most once. Cancelling the task aborts the transfer and throws `.cancelled`.
package protocol HTTPTransport: Sendable {
    func send(
        _ request: HTTPRequest,
        limits: HTTPTransferLimits
    ) async throws(HTTPTransportError) -> HTTPResponse
}

/// A request to another server: an absolute `http` or `https` URL, fields and the whole body.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    package var url: String
    package var fields: HTTPFields
    package var body: [UInt8]

    package init(method: HTTPMethod, url: String, fields: HTTPFields = HTTPFields(), body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
    }
}

/// A complete answer.
///
/// Statuses of 400 and above are answers too, not errors.
package struct HTTPResponse: Sendable, Equatable {
    package var status: Int
    package var fields: HTTPFields
    package var body: [UInt8]

    package init(status: Int, fields: HTTPFields = HTTPFields(), body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

/// What one transfer may cost at most.
package struct HTTPTransferLimits: Sendable {
    /// Time to resolve, connect and finish the TLS handshake.
    package var connect: Duration
    /// Time for the whole transfer, connecting included.
    package var total: Duration
    /// Bytes of body accepted, counted as they arrive and after decoding.
    package var responseBytes: Int

    package init(
        connect: Duration = .seconds(5),
        total: Duration = .seconds(30),
        responseBytes: Int = 16 * 1024 * 1024
    ) {
        self.connect = connect
        self.total = total
        self.responseBytes = responseBytes
    }
}

/// Why no answer was received.
///
/// Descriptions name neither URL nor header nor body and are safe to log.
package enum HTTPTransportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The caller's task was cancelled; the transfer was aborted.
    case cancelled
    /// The URL, method or a field cannot be sent.
    case invalidRequest(reason: String)
    /// No connection: name not resolved, refused, unreachable, or time up before it stood.
    /// The server saw nothing of the request.
    case connectFailed(reason: String)
    /// The certificate or the handshake was refused. The server saw nothing of the request.
    case tlsFailed(reason: String)
    /// The address is one this client must not talk to.
    case addressRefused
    /// The connection broke, or time was up, after the request may have reached the server:
    /// whether it acted is unknown.
    case interrupted(reason: String)
    /// The deadline passed after the request may have reached the server.
    case timedOut
    /// The answer was larger than `HTTPTransferLimits.responseBytes`.
    case responseTooLarge(limit: Int)
    /// The client has been shut down.
    case closed

    /// Whether the server may have acted on the request.
    package var mayHaveReachedServer: Bool {
        switch self {
        case .invalidRequest, .connectFailed, .tlsFailed, .addressRefused, .closed: false
        case .cancelled, .interrupted, .timedOut, .responseTooLarge: true
        }
    }

    package var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .invalidRequest(let reason): "invalid request: \(reason)"
        case .connectFailed(let reason): "could not connect: \(reason)"
        case .tlsFailed(let reason): "TLS failed: \(reason)"
        case .addressRefused: "address refused"
        case .interrupted(let reason): "connection interrupted: \(reason)"
        case .timedOut: "timed out"
        case .responseTooLarge(let limit): "response larger than \(limit) bytes"
        case .closed: "HTTP client closed"
        }
    }
}
