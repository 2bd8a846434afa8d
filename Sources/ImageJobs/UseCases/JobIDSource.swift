/// Makes job ids from a clock and random bits.
package struct JobIDSource: Sendable {
    private let now: @Sendable () -> Timestamp
    private let random: @Sendable () -> UInt64

    package init(now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable () -> UInt64) {
        self.now = now
        self.random = random
    }

    /// A new id.
    package func next() -> JobID {
        let milliseconds = UInt64(max(0, now().microsecondsSinceEpoch / 1_000))
        return JobID(millisecondsSinceEpoch: milliseconds, random: (random(), random()))
    }
}
