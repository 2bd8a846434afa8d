import ImageJobs
import Testing

/// Sending, and what a poll returns and when.
extension JobQueueContract {
    func sentMessagesArrive(_ queue: Queue) async throws {
        let jobs = makeJobs(3)
        try await send(jobs, to: queue)

        let deliveries = try await receive(3, from: queue)

        #expect(Set(deliveries.compactMap(\.job)) == Set(jobs))
        #expect(deliveries.allSatisfy { $0.receiveCount >= 1 && !$0.receipt.rawValue.isEmpty })
    }

    func emptyListsAreNoError(_ queue: Queue) async throws {
        #expect(try await queue.send([]).isEmpty)
        #expect(try await queue.acknowledge([]).isEmpty)
        #expect(try await queue.changeVisibility([]).isEmpty)
    }

    func batchesMayBeLarge(_ queue: Queue) async throws {
        let jobs = makeJobs(25)
        try await send(jobs, to: queue)

        let first = try await receive(25, from: queue)
        #expect(Set(first.compactMap(\.job)) == Set(jobs))
        let changes = first.map { VisibilityChange(receipt: $0.receipt, delay: .zero) }
        #expect(try await queue.changeVisibility(changes) == Set(first.map(\.receipt)))

        let second = try await receive(25, from: queue)
        #expect(Set(second.compactMap(\.job)) == Set(jobs))
        let receipts = second.map(\.receipt)
        #expect(try await queue.acknowledge(receipts) == Set(receipts))
        try await expectSilence(of: queue)
    }

    func sendingTwiceIsAccepted(_ queue: Queue) async throws {
        let job = makeJobs(1)[0]
        try await send([job], to: queue)
        try await send([job, job], to: queue)

        let deliveries = try await receive(1, from: queue)

        #expect(!deliveries.isEmpty)
        #expect(deliveries.allSatisfy { $0.job == job })
    }

    func limitIsRespected(_ queue: Queue) async throws {
        try await send(makeJobs(15), to: queue)
        for limit in [1, 3, 10] {
            let received = try await queue.receive(limit: limit, wait: .seconds(2), visibility: long)
            #expect((1...limit).contains(received.count))
        }
    }

    func emptyPollWaits(_ queue: Queue) async throws {
        let start = ContinuousClock.now
        let received = try await queue.receive(limit: 1, wait: .seconds(1), visibility: long)
        let elapsed = start.duration(to: .now)

        #expect(received.isEmpty)
        // Clocks of two machines may differ by a little.
        #expect(elapsed >= .milliseconds(900))
        #expect(elapsed < .seconds(15))
    }

    func zeroWaitReturns(_ queue: Queue) async throws {
        let start = ContinuousClock.now
        let received = try await queue.receive(limit: 10, wait: .zero, visibility: long)

        #expect(received.isEmpty)
        #expect(start.duration(to: .now) < .seconds(10))
    }

    func pollWakesForMessage(_ queue: Queue) async throws {
        let job = makeJobs(1)[0]
        let start = ContinuousClock.now
        async let polled = queue.receive(limit: 1, wait: .seconds(20), visibility: long)
        try await send([job], to: queue)
        let received = try await polled

        #expect(received.map(\.job) == [job])
        #expect(start.duration(to: .now) < .seconds(15))
    }

    func cancellingEndsPoll(_ queue: Queue) async throws {
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: JobQueueError.cancelled) {
                    try await queue.receive(limit: 1, wait: .seconds(20), visibility: .seconds(1))
                }
            }
            group.cancelAll()
        }
        #expect(start.duration(to: .now) < .seconds(15))
    }

    func receiversDoNotShare(_ queue: Queue) async throws {
        let jobs = makeJobs(20)
        try await send(jobs, to: queue)

        async let left = receiveUntilSilent(queue)
        async let right = receiveUntilSilent(queue)
        let (one, other) = try await (left, right)

        #expect(Set(one).isDisjoint(with: other))
        #expect(Set(one).union(other) == Set(jobs))
    }

    private func receiveUntilSilent(_ queue: Queue) async throws -> [JobID] {
        var jobs: [JobID] = []
        while true {
            let received = try await queue.receive(limit: 3, wait: .seconds(1), visibility: long)
            if received.isEmpty { return jobs }
            jobs += received.compactMap(\.job)
        }
    }
}
