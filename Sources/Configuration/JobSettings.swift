/// How jobs are worked on.
package struct JobSettings: Sendable {
    /// What follows when a provider may or may not have acted.
    package enum UnknownOutcome: String, Sendable, CaseIterable {
        case retry
        case fail
    }

    package var concurrency: Int
    package var lease: Duration
    package var maximumAttempts: Int
    package var attemptTimeout: Duration
    package var unknownOutcome: UnknownOutcome

    init(_ reader: inout SettingsReader, role: Settings.Role) {
        concurrency = reader.integer("WORKER_CONCURRENCY", in: 1...256, default: 4)
        lease = reader.duration("JOB_LEASE", in: .seconds(3)...(.seconds(43_200)), default: .seconds(60))
        maximumAttempts = reader.integer("MAX_ATTEMPTS", in: 1...25, default: 5)
        attemptTimeout = reader.duration(
            "ATTEMPT_TIMEOUT",
            in: .seconds(1)...(.seconds(36_000)),
            default: .seconds(660)
        )
        unknownOutcome = reader.choice("PROVIDER_UNKNOWN_OUTCOME", default: .retry)
    }
}
