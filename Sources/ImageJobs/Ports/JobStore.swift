/// Everything a database must do for jobs.
///
/// Each part is a port of its own, named for who reads it.
package protocol JobStore: JobIntake, JobReader, JobClaims, JobOutbox {}

/// Records accepted jobs.
///
/// Used by the API.
package protocol JobIntake: Sendable {
    /// Records all jobs in one transaction and returns when they are durable, in the order given.
    /// Throws `.duplicate` when an id exists already; then none is recorded.
    func insert(_ jobs: [NewJob]) async throws(JobStoreError) -> [Job]
}

/// Reads jobs.
///
/// Used by the API.
package protocol JobReader: Sendable {
    /// The job, or nil when there is none.
    func find(_ id: JobID) async throws(JobStoreError) -> Job?

    /// Returns when the database answers.
    func check() async throws(JobStoreError)
}

/// Leases jobs to workers.
///
/// All times are of the store's own clock, so workers' clocks do not matter.
package protocol JobClaims: Sendable {
    /// Claims each job that is pending and due, or whose lease has run out: fence and attempt grow by one, and the
    /// lease runs for `lease` from now. Of concurrent claims of one job exactly one wins. Answers in the order given.
    func claim(
        _ ids: [JobID],
        for worker: WorkerID,
        lease: Duration
    ) async throws(JobStoreError) -> [ClaimAnswer]

    /// Lets the leases of these claims run for `lease` from now. Returns those still held; the others are lost for good.
    func extend(_ claims: [Claim], lease: Duration) async throws(JobStoreError) -> Set<Claim>

    /// Records how attempts ended, in one transaction. Returns the claims that still held their job: the
    /// others changed nothing. Settling the same terminal outcome again with the same claim is no error and
    /// changes nothing: it returns the claim, so that a lost answer may be asked for again.
    func settle(_ outcomes: [Settlement]) async throws(JobStoreError) -> Set<Claim>
}

/// Finds jobs whose message must be sent, again or for the first time.
///
/// Used by the relay and the rescuer.
package protocol JobOutbox: Sendable {
    /// Notes that a message for each of these jobs was accepted by the queue.
    func markPublished(_ ids: [JobID]) async throws(JobStoreError)

    /// Unfinished jobs recorded at least `age` ago whose message was never confirmed, oldest first.
    func unpublished(olderThan age: Duration, limit: Int) async throws(JobStoreError) -> [JobID]

    /// Published jobs nobody works on though they should be: pending and due for at least `age`, or processing with
    /// a lease that ran out; and in both cases last published at least `age` ago. Oldest publication first.
    func stranded(silentFor age: Duration, limit: Int) async throws(JobStoreError) -> [JobID]
}

/// What a claim found.
package enum ClaimAnswer: Sendable, Equatable {
    /// The job is ours. `job` is as it stands after the claim.
    case claimed(Job)
    /// Another worker holds it for this long, or it is not due before then.
    case notYet(Duration)
    /// Terminal: the message has nothing more to do.
    case finished
    /// There is no such row.
    case unknown
}

/// One attempt's outcome with the right to record it.
package struct Settlement: Sendable, Equatable {
    package let claim: Claim
    package let outcome: AttemptOutcome

    package init(claim: Claim, outcome: AttemptOutcome) {
        self.claim = claim
        self.outcome = outcome
    }
}

/// Why the database did not do it.
///
/// Descriptions hold no bound values and are safe to log.
package enum JobStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The caller's task was cancelled. Whether the statement took effect is unknown.
    case cancelled
    /// An id exists already.
    case duplicate
    /// The database cannot be reached, is shutting down, read-only or overloaded: try again later.
    case unavailable(reason: String)
    /// The connection broke during a write: it may or may not have taken effect. Read again by id.
    case outcomeUnknown(reason: String)
    /// The database refused what it should accept: a bug or a wrong schema.
    case rejected(reason: String)

    package var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .duplicate: "duplicate id"
        case .unavailable(let reason): "database unavailable: \(reason)"
        case .outcomeUnknown(let reason): "database outcome unknown: \(reason)"
        case .rejected(let reason): "database rejected the statement: \(reason)"
        }
    }
}
