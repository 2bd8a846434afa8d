package import ImageJobs

/// Which failure the mock provider plays, as `MOCK_FAILURE_KIND` names it.
package enum MockFailure: String, Sendable, CaseIterable {
    case moderated
    case rateLimited = "rate_limited"
    case quota
    case invalid
    case unauthorized
    case transient
    case outcomeUnknown = "outcome_unknown"
    case retired

    /// The error that a real provider's failure of this kind becomes.
    package var error: ImageProviderError {
        switch self {
        case .moderated: .moderated(reason: "refused by the mock provider")
        case .rateLimited: .rateLimited(retryAfter: .seconds(1))
        case .quota: .quotaExhausted
        case .invalid: .invalid(reason: "refused by the mock provider")
        case .unauthorized: .unauthorized
        case .transient: .transient(reason: "the mock provider was told to fail")
        case .outcomeUnknown: .outcomeUnknown(reason: "the mock provider was told to fail")
        case .retired: .retired(model: MockProvider.modelID)
        }
    }
}
