/// A moment of the wall clock, to the microsecond: what Postgres keeps in `timestamptz`.
package struct Timestamp: Hashable, Sendable, Comparable {
    package let microsecondsSinceEpoch: Int64

    package init(microsecondsSinceEpoch: Int64) { self.microsecondsSinceEpoch = microsecondsSinceEpoch }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
    }

    /// The moment this much later.
    package func advanced(by duration: Duration) -> Timestamp {
        Timestamp(microsecondsSinceEpoch: microsecondsSinceEpoch + duration.wholeMicroseconds)
    }

    /// The time from this moment to a later one; negative when that is earlier.
    package func duration(to later: Timestamp) -> Duration {
        .microseconds(later.microsecondsSinceEpoch - microsecondsSinceEpoch)
    }
}

extension Duration {
    /// The span in microseconds, rounded towards zero.
    package var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
