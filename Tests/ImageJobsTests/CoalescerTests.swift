import ImageJobs
import Synchronization
import TestSupport
import Testing

struct CoalescerTests {
    private struct Refused: Error, Equatable {}

    /// Work that waits for a gate and notes its batches.
    private final class Gate: Sendable {
        private let batches = Mutex<[[Int]]>([])
        private let (openings, opener) = AsyncStream.makeStream(of: Void.self)
        private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)

        var seen: [[Int]] { batches.withLock { $0 } }

        func open() { opener.yield() }
        func arrived() async { for await _ in arrivals { return } }

        func work(_ items: [Int]) async -> [Result<Int, Refused>] {
            batches.withLock { $0.append(items) }
            arrival.yield()
            for await _ in openings { break }
            return items.map { .success($0 * 10) }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `what waits while a call is under way goes together, up to the limit`() async throws {
        let gate = Gate()
        let coalescer = Coalescer<Int, Int, Refused>(batchLimit: 3, refusal: Refused()) {
            await gate.work($0)
        }
        try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask {
                await coalescer.run()
                return nil
            }
            group.addTask { try await coalescer.submit(1) }
            await gate.arrived()
            for item in 2...5 {
                group.addTask { try await coalescer.submit(item) }
            }
            try await eventually { coalescer.waitingCount >= 4 }
            for _ in 1...3 { gate.open() }
            var answers: [Int] = []
            while answers.count < 5, let answer = try await group.next() {
                answers += answer.map { [$0] } ?? []
            }
            coalescer.close()
            #expect(answers.sorted() == [10, 20, 30, 40, 50])
        }
        #expect(gate.seen.map(\.count) == [1, 3, 1])
    }

    @Test(.timeLimit(.minutes(5)))
    func `one item too many is refused at once`() async throws {
        let coalescer = Coalescer<Int, Int, Refused>(batchLimit: 1, waitingLimit: 0, refusal: Refused()) {
            items in
            items.map { .success($0) }
        }
        await #expect(throws: Refused.self) { try await coalescer.submit(1) }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an item that waited too long is refused without work`() async throws {
        let gate = Gate()
        let coalescer = Coalescer<Int, Int, Refused>(
            batchLimit: 1,
            patience: .zero,
            refusal: Refused()
        ) { await gate.work($0) }
        async let running: Void = coalescer.run()
        await #expect(throws: Refused.self) { try await coalescer.submit(1) }
        coalescer.close()
        await running
        #expect(gate.seen.isEmpty)
    }

    @Test(.timeLimit(.minutes(5)))
    func `closing answers what waits and refuses the rest`() async throws {
        let coalescer = Coalescer<Int, Int, Refused>(batchLimit: 10, refusal: Refused()) { items in
            items.map { $0 == 2 ? .failure(Refused()) : .success($0) }
        }
        async let first = coalescer.submit(1)
        try await eventually { coalescer.waitingCount >= 1 }
        coalescer.close()
        await coalescer.run()
        #expect(try await first == 1)
        await #expect(throws: Refused.self) { try await coalescer.submit(3) }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a caller that goes away takes nothing from the others`() async throws {
        let gate = Gate()
        let coalescer = Coalescer<Int, Int, Refused>(batchLimit: 10, refusal: Refused()) {
            await gate.work($0)
        }
        async let running: Void = coalescer.run()
        let leaver = Task { try await coalescer.submit(1) }
        await gate.arrived()
        async let other = coalescer.submit(2)
        leaver.cancel()
        try await eventually { coalescer.waitingCount >= 1 }
        gate.open()
        gate.open()
        #expect(try await other == 20)
        #expect(try await leaver.value == 10)
        coalescer.close()
        await running
    }
}
