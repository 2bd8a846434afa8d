/// Gathers what waits while the previous call is under way, and hands it over together.
///
/// An idle system adds no delay and a busy one pays one round trip for many items: natural batching, without a timer.
/// `run` is the one place that calls `work`; callers of `submit` only wait, so one that goes away harms no other.
package final class Coalescer<Item: Sendable, Answer: Sendable, Failure: Error>: Sendable {
    /// Does the work for 1 to `batchLimit` items and answers in their order.
    package typealias Work = @Sendable ([Item]) async -> [Result<Answer, Failure>]

    private struct Entry: Sendable {
        let item: Item
        let enqueuedAt: ContinuousClock.Instant
        let continuation: CheckedContinuation<Result<Answer, Failure>, Never>
    }

    private let inbox: Inbox<Entry>
    private let batchLimit: Int
    private let patience: Duration
    private let refusal: Failure
    private let work: Work

    /// Sets the bounds.
    ///
    /// One item more than `waitingLimit` is refused at once with `refusal`. So is an item that waited for longer than
    /// `patience` to be handed over; it has had no effect then.
    package init(
        batchLimit: Int,
        waitingLimit: Int = 10_000,
        patience: Duration = .seconds(4),
        refusal: Failure,
        work: @escaping Work
    ) {
        self.batchLimit = batchLimit
        inbox = Inbox(capacity: waitingLimit)
        self.patience = patience
        self.refusal = refusal
        self.work = work
    }

    /// How many items wait to be handed over.
    package var waitingCount: Int { inbox.count }

    /// Waits for the item's answer.
    ///
    /// Cancelling the caller does not take the item back.
    package func submit(_ item: Item) async throws(Failure) -> Answer {
        let result = await withCheckedContinuation { continuation in
            let entry = Entry(item: item, enqueuedAt: .now, continuation: continuation)
            if !inbox.put(entry) { continuation.resume(returning: .failure(refusal)) }
        }
        return try result.get()
    }

    /// Hands over batches until `close` was called and nothing waits any more.
    package func run() async {
        while let batch = await inbox.take(upTo: batchLimit) {
            let now = ContinuousClock.now
            let live = batch.filter { entry in
                let isLive = now - entry.enqueuedAt <= patience
                if !isLive { entry.continuation.resume(returning: .failure(refusal)) }
                return isLive
            }
            guard !live.isEmpty else { continue }
            let answers = await work(live.map(\.item))
            for (index, entry) in live.enumerated() {
                entry.continuation.resume(
                    returning: index < answers.count ? answers[index] : .failure(refusal)
                )
            }
        }
    }

    /// Refuses new items; `run` returns when those that wait have been answered.
    package func close() { inbox.close() }
}
