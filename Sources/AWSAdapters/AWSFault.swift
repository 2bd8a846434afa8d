import AWSClient

/// What a failed call to AWS means to the domain.
///
/// One translation for queue and store, so that both tell apart in the same way what passes by itself from what
/// someone must mend.
enum AWSFault: Equatable {
    case cancelled
    /// Passes by itself: try again later.
    case unavailable(reason: String)
    /// Does not: no such queue or bucket, no permission, a wrong setting.
    case misconfigured(reason: String)

    init(_ error: AWSError) {
        switch error {
        case .cancelled:
            self = .cancelled
        case .credentials, .invalidArgument:
            self = .misconfigured(reason: error.description)
        case .transport, .malformedResponse:
            self = .unavailable(reason: error.description)
        case .service(let error):
            self =
                Self.passes(error)
                ? .unavailable(reason: error.description) : .misconfigured(reason: error.description)
        }
    }

    /// Whether the same call may succeed later with nothing changed.
    private static func passes(_ error: AWSServiceError) -> Bool {
        let code = error.code.split(separator: ".").last.map(String.init) ?? error.code
        return error.status >= 500 || error.status == 429 || passingCodes.contains(code)
    }

    /// Codes that come with a status of 400 to 409 though nobody is at fault: SQS throttles with 403.
    private static let passingCodes: Set = [
        "BadDigest", "ConditionalRequestConflict", "Conflict", "OperationAborted", "OverLimit",
        "PriorRequestNotComplete", "PurgeQueueInProgress", "RequestLimitExceeded", "RequestThrottled",
        "RequestThrottledException", "RequestTimeout", "RequestTimeoutException", "SlowDown", "Throttling",
        "ThrottledException", "ThrottlingException", "TooManyRequestsException",
    ]
}
