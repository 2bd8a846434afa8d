/// Carries hints that a job waits.
///
/// At least once, in any order; the row decides, never the message.
package protocol JobQueue: Sendable {
    /// Sends one message for each job. Returns those the queue accepted; the rest were refused one by one.
    func send(_ jobs: [JobID]) async throws(JobQueueError) -> Set<JobID>

    /// Waits up to `wait` (at most 20 s) for messages and returns 0 to `limit` (1–10) of them. Each stays hidden from
    /// other receivers for `visibility`. Cancelling throws `.cancelled`; at SQS a message may then stay hidden for the
    /// visibility timeout, so callers let a poll end instead.
    func receive(limit: Int, wait: Duration, visibility: Duration) async throws(JobQueueError) -> [Delivery]

    /// Deletes the messages. Returns the receipts that the queue accepted. Deleting twice is no error.
    func acknowledge(_ receipts: [ReceiptHandle]) async throws(JobQueueError) -> Set<ReceiptHandle>

    /// Hides each message for its delay from now; zero makes it visible at once. Returns the receipts that were accepted.
    /// The delay is at most 12 hours.
    func changeVisibility(_ changes: [VisibilityChange]) async throws(JobQueueError) -> Set<ReceiptHandle>

    /// Returns when the queue answers.
    func check() async throws(JobQueueError)
}

/// The queue's name for one receive of one message.
///
/// Opaque.
package struct ReceiptHandle: Hashable, Sendable, RawRepresentable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
}

/// One received message.
package struct Delivery: Sendable, Equatable {
    /// What the message says.
    package enum Content: Sendable, Equatable {
        case job(JobID)
        /// Not a message of ours: left alone, so that the queue moves it to the dead-letter queue.
        case unreadable
    }

    package let receipt: ReceiptHandle
    package let content: Content
    /// How often the queue has handed out this message, this time included; approximate.
    package let receiveCount: Int

    package init(receipt: ReceiptHandle, content: Content, receiveCount: Int) {
        self.receipt = receipt
        self.content = content
        self.receiveCount = receiveCount
    }
}

/// A message and how long it is to stay hidden.
package struct VisibilityChange: Sendable, Equatable {
    package let receipt: ReceiptHandle
    package let delay: Duration

    package init(receipt: ReceiptHandle, delay: Duration) {
        self.receipt = receipt
        self.delay = delay
    }
}

/// Why the queue did not do it.
///
/// Safe to log.
package enum JobQueueError: Error, Sendable, Equatable, CustomStringConvertible {
    case cancelled
    /// Not reachable, throttled or failing: try again later.
    case unavailable(reason: String)
    /// No such queue, no permission, a wrong setting: someone must act.
    case misconfigured(reason: String)

    package var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .unavailable(let reason): "queue unavailable: \(reason)"
        case .misconfigured(let reason): "queue misconfigured: \(reason)"
        }
    }
}
