/// Which provider makes the images.
package struct ProviderSettings: Sendable {
    /// The providers this version can run.
    package enum Kind: String, Sendable, CaseIterable {
        case mock
    }

    /// The failure that the mock provider plays.
    package enum MockFailure: String, Sendable, CaseIterable {
        case transient
        case moderated
        case rateLimited = "rate_limited"
        case quota
        case invalid
        case unauthorized
        case outcomeUnknown = "outcome_unknown"
        case retired
    }

    package var kind: Kind
    /// The provider's key; the mock provider needs none.
    package var apiKey: Secret?
    package var mockDelay: Duration
    package var mockFailureRate: Double
    package var mockFailureKind: MockFailure

    init(_ reader: inout SettingsReader, role: Settings.Role) {
        kind = reader.choice("IMAGE_PROVIDER", default: .mock)
        apiKey = reader.secret("IMAGE_API_KEY")
        mockDelay = reader.duration("MOCK_DELAY", in: .zero...(.seconds(3_600)), default: .zero)
        mockFailureRate = reader.number("MOCK_FAILURE_RATE", in: 0...1, default: 0)
        mockFailureKind = reader.choice("MOCK_FAILURE_KIND", default: .transient)
    }
}
