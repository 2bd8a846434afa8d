/// Whose job it is: the name of the key that submitted it.
package struct OwnerID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }
}

/// Which worker process holds a lease.
///
/// For people who read logs and rows; nothing is decided by it.
package struct WorkerID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }
}

/// The fencing token: grows by one with every claim of a job.
///
/// A write that carries an older one changes nothing.
package struct Fence: Hashable, Sendable, Comparable, RawRepresentable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static func < (left: Fence, right: Fence) -> Bool { left.rawValue < right.rawValue }

    package var description: String { String(rawValue) }
}

/// The right to write one job: its id and the fence of the claim.
package struct Claim: Hashable, Sendable {
    package let job: JobID
    package let fence: Fence

    package init(job: JobID, fence: Fence) {
        self.job = job
        self.fence = fence
    }
}
