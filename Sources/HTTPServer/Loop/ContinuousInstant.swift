import Glibc

/// A point of the monotonic clock, to the few milliseconds that a kernel tick is: cheap enough to be read at
/// every wake-up, exact enough for deadlines of seconds.
struct ContinuousInstant: Comparable {
    private let nanoseconds: Int64

    static let distantPast = ContinuousInstant(nanoseconds: .min)
    static let distantFuture = ContinuousInstant(nanoseconds: .max)

    static func now() -> ContinuousInstant {
        var time = timespec()
        // It fails only for clocks that do not exist.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return ContinuousInstant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    static func + (instant: ContinuousInstant, duration: Duration) -> ContinuousInstant {
        let (seconds, attoseconds) = duration.components
        return ContinuousInstant(
            nanoseconds: instant.nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        )
    }

    static func - (left: ContinuousInstant, right: ContinuousInstant) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }

    static func < (left: ContinuousInstant, right: ContinuousInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
