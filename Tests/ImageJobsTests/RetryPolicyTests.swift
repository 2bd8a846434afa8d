import ImageJobs
import Testing

struct RetryPolicyTests {
    private let policy = RetryPolicy(maximumAttempts: 3, baseDelay: .seconds(2), maximumDelay: .seconds(60))

    @Test(arguments: [
        (ImageProviderError.moderated(reason: "x"), JobFailure.Code.contentModerated),
        (.invalid(reason: "x"), .invalidInput), (.retired(model: "m"), .modelRetired),
    ])
    func `what no retry can mend fails at once`(_ error: ImageProviderError, _ code: JobFailure.Code) {
        let outcome = policy.outcome(of: .provider(error), attempt: 1, random: 0.5)
        guard case .failed(let failure) = outcome else {
            Issue.record("got \(outcome)")
            return
        }
        #expect(failure.code == code)
        #expect(!failure.retryable)
    }

    @Test(arguments: [
        (AttemptError.provider(.transient(reason: "x")), JobFailure.Code.providerUnavailable),
        (.provider(.unauthorized), .providerUnavailable), (.provider(.quotaExhausted), .providerQuota),
        (.provider(.rateLimited(retryAfter: nil)), .providerRateLimited),
        (.provider(.outcomeUnknown(reason: "x")), .providerOutcomeUnknown),
        (.storage(.misconfigured(reason: "x")), .storageFailed),
        (.unusableImage(.tooLarge), .providerUnavailable), (.internal(reason: "x"), .internal),
    ])
    func `the rest is retried until the attempts are used up`(_ error: AttemptError, _ code: JobFailure.Code)
    {
        #expect(policy.outcome(of: error, attempt: 1, random: 0.5) == .retry(after: .seconds(1)))
        #expect(policy.outcome(of: error, attempt: 2, random: 0.5) == .retry(after: .seconds(2)))
        guard case .failed(let failure) = policy.outcome(of: error, attempt: 3, random: 0.5) else {
            Issue.record("the last attempt's failure must be final")
            return
        }
        #expect(failure.code == code)
    }

    @Test func `an interruption is handed back, on any attempt`() {
        for attempt in 1...4 {
            #expect(policy.outcome(of: .cancelled, attempt: attempt, random: 0) == .handedBack)
            #expect(policy.outcome(of: .provider(.cancelled), attempt: attempt, random: 0) == .handedBack)
        }
    }

    @Test func `an unknown outcome fails when the policy says so`() {
        let strict = RetryPolicy(unknownOutcome: .fail)
        let outcome = strict.outcome(of: .provider(.outcomeUnknown(reason: "x")), attempt: 1, random: 0)
        guard case .failed(let failure) = outcome else {
            Issue.record("got \(outcome)")
            return
        }
        #expect(failure.code == .providerOutcomeUnknown)
    }

    @Test func `a provider's delay is honoured up to the cap`() {
        let short = policy.outcome(
            of: .provider(.rateLimited(retryAfter: .seconds(12))),
            attempt: 1,
            random: 0
        )
        #expect(short == .retry(after: .seconds(12)))
        let long = policy.outcome(
            of: .provider(.rateLimited(retryAfter: .seconds(3_600))),
            attempt: 1,
            random: 0
        )
        #expect(long == .retry(after: .seconds(60)))
    }

    @Test func `delays double, are spread over their whole range, and end at the cap`() {
        #expect(policy.delay(attempt: 1, random: 0) == .zero)
        #expect(policy.delay(attempt: 3, random: 0.5) == .seconds(4))
        #expect(policy.delay(attempt: 60, random: 0.5) == .seconds(30))
    }

    @Test func `a job whose workers all died fails as lost`() {
        guard case .failed(let failure) = policy.outcome(of: .workersLost, attempt: 4, random: 0) else {
            Issue.record("a lost job must fail")
            return
        }
        #expect(failure.code == .workerLost)
    }
}
