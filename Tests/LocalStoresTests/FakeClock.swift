import ImageJobs
import Synchronization

/// A clock that moves only when told to.
final class FakeClock: Sendable {
    private let time = Mutex(Timestamp(microsecondsSinceEpoch: 1_790_000_000_000_000))

    func now() -> Timestamp { time.withLock(\.self) }

    func advance(by span: Duration) { time.withLock { $0 = $0.advanced(by: span) } }
}
