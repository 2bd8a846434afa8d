/// One call's way through its attempts: failures in, next step out.
///
/// Each correction (other credentials, another clock) is made once per call and counts as an attempt.
struct CallProgress {
    enum Step: Equatable {
        case giveUp
        /// Pay, wait, and try again.
        case retry(number: Int)
        /// Try again at once with other credentials, if there are any.
        case replaceCredentials
        /// Try again at once if the answer's date shows that our clock is wrong.
        case correctClock
    }

    private let limit: Int
    private var attempts = 0
    private var hasReplacedCredentials = false
    private var hasCorrectedClock = false

    init(limit: Int) { self.limit = limit }

    /// Whether nothing has failed yet.
    var isUntroubled: Bool { attempts == 0 }

    mutating func failed(_ kind: FailureKind) -> Step {
        attempts += 1
        guard attempts < limit else { return .giveUp }
        switch kind {
        case .permanent: return .giveUp
        case .transient, .throttled: return .retry(number: attempts)
        case .credentialsRefused:
            guard !hasReplacedCredentials else { return .giveUp }
            hasReplacedCredentials = true
            return .replaceCredentials
        case .signatureRefused:
            guard !hasCorrectedClock else { return .giveUp }
            hasCorrectedClock = true
            return .correctClock
        }
    }
}
