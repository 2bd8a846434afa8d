package import AWSClient
package import ImageJobs

/// A job queue on SQS, in batches of ten.
///
/// Needs `sqs:SendMessage` to send, `sqs:ReceiveMessage`, `sqs:DeleteMessage` and `sqs:ChangeMessageVisibility` to
/// work, and `sqs:GetQueueAttributes` to be checked.
package struct SQSJobQueue: JobQueue {
    /// The system attribute that says how often a message was handed out.
    private static let receiveCount = "ApproximateReceiveCount"

    private let client: SQSClient
    private let queue: SQSQueueURL
    private let concurrentBatches: Int

    /// At most `concurrentBatches` batches of one call are under way at once.
    package init(client: SQSClient, queue: SQSQueueURL, concurrentBatches: Int = 4) {
        precondition(concurrentBatches > 0)
        self.client = client
        self.queue = queue
        self.concurrentBatches = concurrentBatches
    }

    package func send(_ jobs: [JobID]) async throws(JobQueueError) -> Set<JobID> {
        try await inBatches(jobs) { batch throws(AWSError) in
            try await client.send(batch.map { SQSOutgoingMessage(body: JobMessage.text(for: $0)) }, to: queue)
        }
    }

    package func receive(
        limit: Int,
        wait: Duration,
        visibility: Duration
    ) async throws(JobQueueError) -> [Delivery] {
        let request = SQSReceiveRequest(
            limit: limit,
            wait: wait,
            visibility: visibility,
            systemAttributes: [Self.receiveCount]
        )
        let messages: [SQSMessage]
        do throws(AWSError) {
            messages = try await client.receive(request, from: queue)
        } catch {
            throw JobQueueError(error)
        }
        return messages.map(Self.delivery)
    }

    package func acknowledge(_ receipts: [ReceiptHandle]) async throws(JobQueueError) -> Set<ReceiptHandle> {
        try await inBatches(receipts) { batch throws(AWSError) in
            try await client.delete(batch.map { SQSReceiptHandle(rawValue: $0.rawValue) }, from: queue)
        }
    }

    package func changeVisibility(
        _ changes: [VisibilityChange]
    ) async throws(JobQueueError) -> Set<ReceiptHandle> {
        let accepted = try await inBatches(changes.map(Change.init)) { batch throws(AWSError) in
            try await client.changeVisibility(batch.map(\.ofSQS), on: queue)
        }
        return Set(accepted.map(\.change.receipt))
    }

    package func check() async throws(JobQueueError) {
        do throws(AWSError) {
            _ = try await client.attributes(["QueueArn"], of: queue)
        } catch {
            throw JobQueueError(error)
        }
    }

    private static func delivery(of message: SQSMessage) -> Delivery {
        Delivery(
            receipt: ReceiptHandle(rawValue: message.receipt.rawValue),
            content: JobMessage.job(in: message.body).map { .job($0) } ?? .unreadable,
            receiveCount: message.systemAttributes[receiveCount].flatMap { Int($0) } ?? 1
        )
    }
}

extension SQSJobQueue {
    /// Makes the call for every ten entries and returns those that SQS accepted.
    ///
    /// A batch that fails hides nothing of the others: the error is thrown only when no entry was accepted.
    private func inBatches<Entry: Hashable & Sendable, Success: Sendable>(
        _ entries: [Entry],
        call: @escaping @Sendable ([Entry]) async throws(AWSError) -> SQSBatchResult<Success>
    ) async throws(JobQueueError) -> Set<Entry> {
        let batches = stride(from: 0, to: entries.count, by: SQSLimits.batchEntries)
            .map { start in
                Array(entries[start..<min(start + SQSLimits.batchEntries, entries.count)])
            }
        let answers = await withTaskGroup(of: BatchAnswer<Entry>.self) { group in
            var answers: [BatchAnswer<Entry>] = []
            for (index, batch) in batches.enumerated() {
                if index >= concurrentBatches, let answer = await group.next() { answers.append(answer) }
                group.addTask { await Self.answer(to: batch, call: call) }
            }
            for await answer in group { answers.append(answer) }
            return answers
        }
        var accepted: Set<Entry> = []
        var failure: AWSError?
        for answer in answers {
            switch answer {
            case .success(let entries): accepted.formUnion(entries)
            case .failure(let error): failure = failure ?? error
            }
        }
        if accepted.isEmpty, let failure { throw JobQueueError(failure) }
        return accepted
    }

    private typealias BatchAnswer<Entry> = Result<[Entry], AWSError>

    private static func answer<Entry: Sendable, Success: Sendable>(
        to batch: [Entry],
        call: @Sendable ([Entry]) async throws(AWSError) -> SQSBatchResult<Success>
    ) async -> BatchAnswer<Entry> {
        do throws(AWSError) {
            let result = try await call(batch)
            return .success(
                zip(batch, result.entries)
                    .compactMap { entry, answer in
                        if case .success = answer { entry } else { nil }
                    }
            )
        } catch {
            return .failure(error)
        }
    }
}

/// A change that can be counted in a set.
private struct Change: Hashable {
    let change: VisibilityChange

    var ofSQS: SQSVisibilityChange {
        SQSVisibilityChange(
            receipt: SQSReceiptHandle(rawValue: change.receipt.rawValue),
            timeout: change.delay
        )
    }

    func hash(into hasher: inout Hasher) { hasher.combine(change.receipt) }
}

extension JobQueueError {
    fileprivate init(_ error: AWSError) {
        switch AWSFault(error) {
        case .cancelled: self = .cancelled
        case .unavailable(let reason): self = .unavailable(reason: reason)
        case .misconfigured(let reason): self = .misconfigured(reason: reason)
        }
    }
}
