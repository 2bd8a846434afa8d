/// Where a job stands.
///
/// `pending → processing → completed | failed | cancelled`, and `processing → pending`
/// when an attempt is retried or handed back. The last three are terminal: they never change again.
package enum JobState: Sendable, Equatable {
    /// Waits for a worker. Goes to `processing` by a claim, or to `cancelled`.
    case pending
    /// A worker holds the lease. Goes anywhere.
    case processing(startedAt: Timestamp)
    /// Terminal.
    case completed(startedAt: Timestamp, at: Timestamp, images: [StoredImage])
    /// Terminal.
    case failed(startedAt: Timestamp?, at: Timestamp, JobFailure)
    /// Terminal.
    case cancelled(startedAt: Timestamp?, at: Timestamp)

    package var isTerminal: Bool {
        switch self {
        case .pending, .processing: false
        case .completed, .failed, .cancelled: true
        }
    }

    package var status: JobStatus {
        switch self {
        case .pending: .pending
        case .processing: .processing
        case .completed: .completed
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }
}

/// The state's name, as rows and clients see it.
package enum JobStatus: String, Sendable, CaseIterable {
    case pending = "PENDING"
    case processing = "PROCESSING"
    case completed = "COMPLETED"
    case failed = "FAILED"
    case cancelled = "CANCELLED"
}

/// How an attempt ended, as the worker reports it.
package enum AttemptOutcome: Sendable, Equatable {
    /// `processing → completed`.
    case completed([StoredImage])
    /// `processing → failed`.
    case failed(JobFailure)
    /// `processing → pending`, due again after the delay. The attempt counts.
    case retry(after: Duration)
    /// `processing → pending`, due at once. The attempt does not count: a deploy or a scale-in is no fault of the job.
    case handedBack
}
