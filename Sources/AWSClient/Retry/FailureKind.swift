import HTTPMessages

/// What a failed attempt says about trying again.
enum FailureKind: Equatable, Sendable {
    /// The same request would fail the same way.
    case permanent
    /// The service or the way to it had a bad moment.
    case transient
    /// The service asks for fewer requests.
    case throttled
    /// The key or its token is over or unknown: other credentials may do.
    case credentialsRefused
    /// The signature is too old, too new, or wrong: a wrong clock may be the cause.
    case signatureRefused

    /// `isHead` because an answer to HEAD carries no code, so that any refusal may be one of the signature.
    init(_ error: AWSError, isHead: Bool) {
        switch error {
        case .cancelled, .credentials, .malformedResponse, .invalidArgument: self = .permanent
        case .transport(let error): self = Self.kind(of: error)
        case .service(let error): self = Self.kind(of: error, isHead: isHead)
        }
    }

    private static func kind(of error: HTTPTransportError) -> FailureKind {
        switch error {
        case .connectFailed, .tlsFailed, .interrupted, .timedOut: .transient
        case .cancelled, .invalidRequest, .addressRefused, .responseTooLarge, .closed: .permanent
        }
    }

    private static func kind(of error: AWSServiceError, isHead: Bool) -> FailureKind {
        // The query protocol puts its service in front of some codes: `AWS.SimpleQueueService.RequestThrottled`.
        let code = error.code.split(separator: ".").last.map(String.init) ?? error.code
        // Codes before statuses: SQS throttles with 403, S3 with 503.
        if throttlingCodes.contains(code) || error.status == 429 { return .throttled }
        if transientCodes.contains(code) { return .transient }
        if credentialCodes.contains(code) { return .credentialsRefused }
        if signatureCodes.contains(code) { return .signatureRefused }
        if [500, 502, 503, 504].contains(error.status) { return .transient }
        return isHead && (400..<500).contains(error.status) ? .signatureRefused : .permanent
    }

    private static let throttlingCodes: Set = [
        "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
        "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling", "ThrottlingException",
        "TooManyRequestsException", "TransactionInProgressException",
    ]

    /// The last two are S3's: a body damaged on its way, and two conditional writes at once, which S3's manual says
    /// to repeat. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    private static let transientCodes: Set = [
        "RequestTimeout", "RequestTimeoutException", "IDPCommunicationError", "BadDigest",
        "ConditionalRequestConflict",
    ]

    private static let credentialCodes: Set = [
        "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidToken",
        "TokenRefreshRequired", "UnrecognizedClientException",
    ]

    private static let signatureCodes: Set = [
        "AuthFailure", "InvalidSignatureException", "RequestExpired", "RequestInTheFuture",
        "RequestTimeTooSkewed", "SignatureDoesNotMatch",
    ]
}
