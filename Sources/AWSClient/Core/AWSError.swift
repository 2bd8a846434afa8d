package import HTTPMessages

/// An error that a service reported.
package struct AWSServiceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The HTTP status.
    package let status: Int
    /// The service's code, such as `AWS.SimpleQueueService.NonExistentQueue`; `HTTP<status>` when it gave none.
    package let code: String
    /// The service's text.
    ///
    /// May name resources, and repeats what was sent: never logged at info or above.
    package let message: String
    package let requestID: String?

    package init(status: Int, code: String, message: String, requestID: String? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.requestID = requestID
    }

    /// Status, code and request id; without the message, which may repeat what was sent.
    package var description: String {
        "\(code) (HTTP \(status)\(requestID.map { ", request \($0)" } ?? ""))"
    }
}

/// Why a call to AWS failed.
///
/// Descriptions are safe to log.
package enum AWSError: Error, Sendable, Equatable, CustomStringConvertible {
    case cancelled
    /// No usable credentials could be had.
    case credentials(reason: String)
    /// No answer; the last attempt's cause.
    case transport(HTTPTransportError)
    /// The service answered with an error.
    case service(AWSServiceError)
    /// The answer was not what the service documents: unreadable, too large, or with a wrong checksum.
    case malformedResponse(reason: String)
    /// The caller's arguments cannot be sent.
    case invalidArgument(reason: String)

    package var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .credentials(let reason): "no credentials: \(reason)"
        case .transport(let error): error.description
        case .service(let error): error.description
        case .malformedResponse(let reason): "malformed response: \(reason)"
        case .invalidArgument(let reason): "invalid argument: \(reason)"
        }
    }
}
