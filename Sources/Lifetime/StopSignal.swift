import Synchronization

/// Says once that work is to end, to everyone who asks or waits.
///
/// Goes from running to stopping and stays there.
package final class StopSignal: Sendable {
    private struct State {
        var isStopping = false
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether work is to end.
    package var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Tells everyone.
    ///
    /// Later calls change nothing.
    package func trigger() {
        let waiters = state.withLock { state in
            state.isStopping = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when the signal was given, or when the caller's task is cancelled.
    package func wait() async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isStopping || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    /// Sleeps for the span, or until the signal was given.
    ///
    /// Returns false when it was given or the task was cancelled.
    package func sleep(for span: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                // A cancelled sleep is the other branch's win: nothing is lost.
                (try? await Task.sleep(for: span)) != nil
            }
            group.addTask {
                await self.wait()
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first && !isStopping
        }
    }
}
