import ImageJobs
import Testing

/// What happens to a message after it was received.
extension JobQueueContract {
    func inFlightIsHidden(_ queue: Queue) async throws {
        try await send(makeJobs(1), to: queue)
        _ = try await receiveOne(from: queue)
        try await expectSilence(of: queue)
    }

    func visibilityRunsOut(_ queue: Queue) async throws {
        try await send(makeJobs(1), to: queue)

        let first = try await receiveOne(from: queue, visibility: .seconds(1))
        let second = try await receiveOne(from: queue)

        #expect(second.content == first.content)
        #expect(second.receipt != first.receipt)
    }

    func releaseShowsAtOnce(_ queue: Queue) async throws {
        try await send(makeJobs(1), to: queue)
        let first = try await receiveOne(from: queue)

        let accepted = try await queue.changeVisibility([.init(receipt: first.receipt, delay: .zero)])
        let again = try await queue.receive(limit: 1, wait: .seconds(2), visibility: long)

        #expect(accepted == [first.receipt])
        #expect(again.map(\.content) == [first.content])
    }

    func hidingLonger(_ queue: Queue) async throws {
        try await send(makeJobs(1), to: queue)
        let delivery = try await receiveOne(from: queue, visibility: .seconds(2))

        // Twelve hours count from the receive, so that a queue may refuse the whole of them now.
        let change = VisibilityChange(receipt: delivery.receipt, delay: .seconds(11 * 3600))
        #expect(try await queue.changeVisibility([change]) == [delivery.receipt])

        let received = try await queue.receive(limit: 1, wait: .seconds(4), visibility: long)
        #expect(received.isEmpty)
    }

    func acknowledgedIsGone(_ queue: Queue) async throws {
        try await send(makeJobs(1), to: queue)
        let delivery = try await receiveOne(from: queue, visibility: .seconds(2))

        #expect(try await queue.acknowledge([delivery.receipt]) == [delivery.receipt])

        let received = try await queue.receive(limit: 1, wait: .seconds(4), visibility: long)
        #expect(received.isEmpty)
    }

    func acknowledgingTwice(_ queue: Queue) async throws {
        try await send(makeJobs(1), to: queue)
        let delivery = try await receiveOne(from: queue)

        _ = try await queue.acknowledge([delivery.receipt])
        // Whether a queue still counts the receipt as accepted differs; that it does not throw is the promise.
        _ = try await queue.acknowledge([delivery.receipt])
        try await expectSilence(of: queue)
    }

    func acknowledgingSome(_ queue: Queue) async throws {
        let jobs = makeJobs(3)
        try await send(jobs, to: queue)
        let deliveries = try await receive(3, from: queue)
        let finished = try #require(deliveries.first)

        let done = deliveries.filter { $0.job == finished.job }.map(\.receipt)
        let rest = deliveries.filter { $0.job != finished.job }
        #expect(try await queue.acknowledge(done) == Set(done))
        let released = rest.map { VisibilityChange(receipt: $0.receipt, delay: .zero) }
        #expect(try await queue.changeVisibility(released) == Set(released.map(\.receipt)))

        let left = try await receive(2, from: queue)
        #expect(Set(left.compactMap(\.job)) == Set(jobs).subtracting([finished.job].compactMap(\.self)))
    }

    func staleReceiptsAreHarmless(_ queue: Queue) async throws {
        let jobs = makeJobs(2)
        try await send(jobs, to: queue)
        let deliveries = try await receive(2, from: queue)
        let gone = try #require(deliveries.first { $0.job == jobs[0] }).receipt
        let kept = try #require(deliveries.first { $0.job == jobs[1] }).receipt
        _ = try await queue.acknowledge([gone])

        let changes = [gone, kept].map { VisibilityChange(receipt: $0, delay: long) }
        #expect(try await queue.changeVisibility(changes).contains(kept))
        #expect(try await queue.acknowledge([gone, kept]).contains(kept))
    }

    func receiveCountGrows(_ queue: Queue) async throws {
        try await send(makeJobs(1), to: queue)
        var counts: [Int] = []
        for _ in 1...3 {
            let delivery = try await receiveOne(from: queue)
            counts.append(delivery.receiveCount)
            _ = try await queue.changeVisibility([.init(receipt: delivery.receipt, delay: .zero)])
        }
        #expect(counts == counts.sorted())
        #expect(Set(counts).count == 3)
    }
}
