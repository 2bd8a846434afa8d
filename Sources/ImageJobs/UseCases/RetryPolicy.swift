/// Decides what follows from a failed attempt.
package struct RetryPolicy: Sendable {
    /// What to do when a provider may or may not have acted, and billed.
    package enum UnknownOutcome: String, Sendable, CaseIterable {
        case retry
        case fail
    }

    /// Attempts a job gets; the last one's failure is final.
    package let maximumAttempts: Int
    /// The first delay is up to this, every further one up to twice as long.
    package let baseDelay: Duration
    /// The longest delay, and the longest `Retry-After` that is honoured.
    package let maximumDelay: Duration
    package let unknownOutcome: UnknownOutcome

    package init(
        maximumAttempts: Int = 5,
        baseDelay: Duration = .seconds(2),
        maximumDelay: Duration = .seconds(900),
        unknownOutcome: UnknownOutcome = .retry
    ) {
        self.maximumAttempts = maximumAttempts
        self.baseDelay = baseDelay
        self.maximumDelay = maximumDelay
        self.unknownOutcome = unknownOutcome
    }

    /// The outcome of an attempt that ended with this error.
    ///
    /// `random` is a number in 0..<1 that spreads the delays (full jitter).
    package func outcome(of error: AttemptError, attempt: Int, random: Double) -> AttemptOutcome {
        guard case .retryable(let failure, let atLeast) = judge(error) else {
            return error.isHandBack ? .handedBack : .failed(Self.failure(of: error))
        }
        guard attempt < maximumAttempts else { return .failed(failure) }
        return .retry(after: delay(attempt: attempt, atLeast: atLeast, random: random))
    }

    /// The delay before the attempt that follows `attempt`, counted from 1.
    package func delay(attempt: Int, atLeast: Duration = .zero, random: Double) -> Duration {
        let doublings = min(max(attempt - 1, 0), 20)
        let ceiling = min(baseDelay * (1 << doublings), maximumDelay)
        return max(min(atLeast, maximumDelay), ceiling * random)
    }

    private enum Judgement {
        case final
        case retryable(JobFailure, atLeast: Duration)
    }

    private func judge(_ error: AttemptError) -> Judgement {
        let failure = Self.failure(of: error)
        switch error {
        case .cancelled, .workersLost: return .final
        case .provider(.rateLimited(let retryAfter)): return .retryable(failure, atLeast: retryAfter ?? .zero)
        case .provider(.outcomeUnknown) where unknownOutcome == .fail: return .final
        case .provider(.quotaExhausted), .provider(.unauthorized), .provider(.transient),
            .provider(.outcomeUnknown),
            .storage, .internal, .unusableImage:
            return .retryable(failure, atLeast: .zero)
        case .provider: return .final
        }
    }

    private static func failure(of error: AttemptError) -> JobFailure {
        switch error {
        case .cancelled:
            JobFailure(code: .workerLost, message: "The worker was stopped.", retryable: true)
        case .workersLost:
            JobFailure(code: .workerLost, message: "The workers of all attempts were lost.", retryable: true)
        case .storage:
            JobFailure(code: .storageFailed, message: "The image could not be stored.", retryable: true)
        case .unusableImage:
            JobFailure(
                code: .providerUnavailable,
                message: "The provider delivered something that is not a usable image.",
                retryable: true
            )
        case .internal:
            JobFailure(code: .internal, message: "An internal error ended the job.", retryable: true)
        case .provider(let error): failure(of: error)
        }
    }

    private static func failure(of error: ImageProviderError) -> JobFailure {
        switch error {
        case .moderated:
            JobFailure(
                code: .contentModerated,
                message: "The content was refused by moderation.",
                retryable: false
            )
        case .rateLimited:
            JobFailure(code: .providerRateLimited, message: "The provider limits requests.", retryable: true)
        case .quotaExhausted:
            JobFailure(code: .providerQuota, message: "The provider's quota is exhausted.", retryable: true)
        case .invalid:
            JobFailure(
                code: .invalidInput,
                message: "The provider refused the request as invalid.",
                retryable: false
            )
        case .unauthorized, .transient, .cancelled:
            JobFailure(
                code: .providerUnavailable,
                message: "The provider could not be used.",
                retryable: true
            )
        case .outcomeUnknown:
            JobFailure(
                code: .providerOutcomeUnknown,
                message: "The provider did not say whether it made the image.",
                retryable: true
            )
        case .retired:
            JobFailure(code: .modelRetired, message: "The model is no longer available.", retryable: false)
        }
    }
}

/// Why an attempt gave no stored image.
package enum AttemptError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The worker stops, or lost the lease.
    case cancelled
    case provider(ImageProviderError)
    /// What the provider delivered is no image, or not the one asked for.
    case unusableImage(ImageEditorError)
    case storage(ImageStoreError)
    /// Every attempt's worker died before it could say how it ended.
    case workersLost
    case `internal`(reason: String)

    /// Whether the attempt was interrupted and must not count.
    package var isHandBack: Bool { self == .cancelled || self == .provider(.cancelled) }

    package var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .provider(let error): error.description
        case .unusableImage(let error): error.description
        case .storage(let error): error.description
        case .workersLost: "the workers of all attempts were lost"
        case .internal(let reason): reason
        }
    }
}
