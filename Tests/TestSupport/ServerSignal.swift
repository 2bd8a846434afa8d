import Foundation
import Synchronization

/// Something that happens once, for tests and server threads to wait for with a time limit.
package final class ServerSignal: Sendable {
    /// The time was up before it happened.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    private struct State {
        var hasFired = false
        var waiting: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        var lastNumber: UInt64 = 0
    }

    private let name: String
    private let state = Mutex(State())
    private let threads = DispatchSemaphore(value: 0)

    package init(_ name: String = "signal") { self.name = name }

    package var hasFired: Bool { state.withLock(\.hasFired) }

    /// It happened; further calls change nothing.
    package func fire() {
        let waiting = state.withLock { state in
            let waiting = state.waiting
            state.hasFired = true
            state.waiting = [:]
            return waiting.values
        }
        for continuation in waiting { continuation.resume(returning: true) }
        threads.signal()
    }

    /// Waits on a thread of a server's own.
    package func waitOnThread(seconds: Int = 20) throws {
        guard threads.wait(timeout: .now() + .seconds(seconds)) == .success else { throw missing }
        // The next waiter finds it too.
        threads.signal()
    }

    /// Waits in a task.
    package func wait(atMost limit: Duration = .seconds(20)) async throws {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let fired = await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.wait(number) }
            group.addTask {
                // Cut short by the signal; the outcome is read from the signal, not from the clock.
                try? await Task.sleep(for: limit)
                self.giveUp(number)
                return self.hasFired
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
        if !fired { throw missing }
    }

    private func wait(_ number: UInt64) async -> Bool {
        await withCheckedContinuation { continuation in
            let hasFired = state.withLock { state in
                if !state.hasFired { state.waiting[number] = continuation }
                return state.hasFired
            }
            if hasFired { continuation.resume(returning: true) }
        }
    }

    private func giveUp(_ number: UInt64) {
        state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: false)
    }

    private var missing: Missing { Missing(description: "\(name) did not come in time") }
}
