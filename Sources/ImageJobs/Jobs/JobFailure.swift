/// Why a job failed, as its owner is told.
package struct JobFailure: Sendable, Equatable, Codable, Error {
    /// The codes of the API.
    ///
    /// They never change their meaning; new ones may come.
    package enum Code: String, Sendable, Codable, CaseIterable {
        case invalidInput = "invalid_input"
        case referenceUnavailable = "reference_unavailable"
        case contentModerated = "content_moderated"
        case unsupportedByModel = "unsupported_by_model"
        case providerRateLimited = "provider_rate_limited"
        case providerQuota = "provider_quota"
        case providerUnavailable = "provider_unavailable"
        case providerOutcomeUnknown = "provider_outcome_unknown"
        case modelRetired = "model_retired"
        case storageFailed = "storage_failed"
        case deadlineExceeded = "deadline_exceeded"
        case workerLost = "worker_lost"
        case `internal` = "internal"
    }

    package let code: Code
    /// One sentence for the client, without the prompt, secrets or addresses.
    package let message: String
    /// Whether the same request may succeed when sent again.
    package let retryable: Bool

    package init(code: Code, message: String, retryable: Bool) {
        self.code = code
        self.message = message
        self.retryable = retryable
    }
}
