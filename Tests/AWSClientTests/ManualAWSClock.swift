import AWSClient
import Synchronization

/// A clock that a test sets; sleeping takes no time and is written down.
final class ManualAWSClock: Sendable {
    private struct State {
        var now: AWSTime
        var sleeps: [Duration] = []
        var random: Double
    }

    private let state: Mutex<State>

    init(now: AWSTime = AWSTime(seconds: 1_795_000_000), random: Double = 0.5) {
        state = Mutex(State(now: now, random: random))
    }

    var now: AWSTime {
        get { state.withLock { $0.now } }
        set { state.withLock { $0.now = newValue } }
    }

    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func advance(by seconds: Int) { state.withLock { $0.now = $0.now + seconds } }

    /// The clock as it is handed to what is tested; `whenSleeping` runs inside each sleep.
    func clock(whenSleeping: @escaping @Sendable () async -> Void = {}) -> AWSClock {
        AWSClock(
            now: { self.now },
            sleep: { duration in
                self.state.withLock { $0.sleeps.append(duration) }
                await whenSleeping()
            },
            random: { self.state.withLock { $0.random } }
        )
    }
}
