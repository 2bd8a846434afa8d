package import ImageJobs

#if canImport(Glibc)
internal import Glibc
#endif

/// The machine's clock, the default source of time of the local stores.
package enum WallClock {
    /// The moment it is now.
    package static func now() -> Timestamp {
        var time = timespec()
        // Cannot fail: the clock exists and the pointer is good (clock_gettime(3)).
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microsecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
