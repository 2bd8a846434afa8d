/// Sends the messages of jobs that were just recorded.
///
/// Holds a bounded number of ids in memory. What does not fit, or cannot be sent, is not lost: its row says that it
/// is unpublished, and the relay sends it later.
package final class JobPublisher: Sendable {
    /// What happened to one group of messages.
    package enum Report: Sendable, Equatable {
        case sent(Int)
        case refused(Int)
        case queueFailed(JobQueueError)
        case markFailed(JobStoreError)
    }

    private let inbox: Inbox<JobID>
    private let queue: any JobQueue
    private let outbox: any JobOutbox
    private let report: @Sendable (Report) -> Void

    package init(
        queue: any JobQueue,
        outbox: any JobOutbox,
        capacity: Int = 10_000,
        report: @escaping @Sendable (Report) -> Void = { _ in }
    ) {
        self.queue = queue
        self.outbox = outbox
        inbox = Inbox(capacity: capacity)
        self.report = report
    }

    /// Asks for a message to be sent soon.
    ///
    /// Never waits.
    package func publish(_ id: JobID) {
        // A full inbox is no loss: the relay finds the row.
        _ = inbox.put(id)
    }

    /// Sends until `close` was called and nothing waits any more.
    package func run() async {
        while let ids = await inbox.take(upTo: 100) {
            guard !Task.isCancelled else { return }
            await send(ids)
        }
    }

    /// Lets `run` return once what waits has been sent.
    package func close() { inbox.close() }

    /// Sends one message for each job and notes in the rows which were accepted.
    ///
    /// Returns how many were.
    @discardableResult
    package func send(_ ids: [JobID]) async -> Int {
        let accepted: Set<JobID>
        do {
            accepted = try await queue.send(ids)
        } catch {
            report(.queueFailed(error))
            return 0
        }
        if accepted.count < ids.count { report(.refused(ids.count - accepted.count)) }
        guard !accepted.isEmpty else { return 0 }
        do {
            try await outbox.markPublished(ids.filter(accepted.contains))
            report(.sent(accepted.count))
        } catch {
            // The relay sends them again; a second message is harmless.
            report(.markFailed(error))
        }
        return accepted.count
    }
}
