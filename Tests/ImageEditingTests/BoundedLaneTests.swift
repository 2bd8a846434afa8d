import Dispatch
import Synchronization
import Testing

@testable import ImageEditing

struct BoundedLaneTests {
    @Test func `never runs more than its width at once`() async throws {
        let lane = BoundedLane(label: "test", width: 3)
        let running = Running()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    try await lane.run {
                        running.count.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        running.count.withLock { $0.now -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(running.count.withLock { $0.now } == 0)
        #expect((1...3).contains(running.count.withLock { $0.most }))
    }

    @Test func `drops work that is cancelled while it waits, and goes on`() async throws {
        let lane = BoundedLane(label: "test", width: 1)
        let (started, hasStarted) = AsyncStream<Void>.makeStream()
        let gate = DispatchSemaphore(value: 0)
        let first = Task {
            try await lane.run {
                hasStarted.yield()
                gate.wait()
            }
        }
        for await _ in started { break }

        let second = Task { try await lane.run { true } }
        second.cancel()
        await #expect(throws: BoundedLane.Cancelled.self) { try await second.value }

        gate.signal()
        try await first.value
        #expect(try await lane.run { true })
    }

    @Test func `says when nothing is left to do`() async throws {
        let (idle, isIdle) = AsyncStream<Void>.makeStream()
        let lane = BoundedLane(label: "test", width: 2) { isIdle.yield() }
        try await lane.run {}
        for await _ in idle { break }
    }
}

private final class Running: Sendable {
    let count = Mutex((now: 0, most: 0))
}
