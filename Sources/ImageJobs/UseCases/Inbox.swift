import Synchronization

/// A bounded queue in memory that many put into and one takes from, by batches.
final class Inbox<Element: Sendable>: Sendable {
    private struct State {
        var waiting: [Element] = []
        var sleeper: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// How many wait.
    var count: Int { state.withLock { $0.waiting.count } }

    /// Adds the element; false when the inbox is full or closed.
    func put(_ element: Element) -> Bool {
        let (isAccepted, sleeper) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            guard state.waiting.count < capacity, !state.isClosed else { return (false, nil) }
            state.waiting.append(element)
            defer { state.sleeper = nil }
            return (true, state.sleeper)
        }
        sleeper?.resume()
        return isAccepted
    }

    /// Refuses new elements; `take` returns nil when those that wait have been taken.
    func close() {
        let sleeper = state.withLock { state in
            state.isClosed = true
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Waits for elements and takes some, oldest first.
    ///
    /// Takes at least one and at most `limit`; nil when closed and empty. One caller at a time.
    func take(upTo limit: Int) async -> [Element]? {
        while true {
            let (batch, isOver) = state.withLock { state -> ([Element], Bool) in
                let count = min(limit, state.waiting.count)
                let batch = Array(state.waiting.prefix(count))
                state.waiting.removeFirst(count)
                return (batch, state.isClosed && batch.isEmpty)
            }
            if isOver { return nil }
            if !batch.isEmpty { return batch }
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard state.waiting.isEmpty, !state.isClosed else { return false }
                    state.sleeper = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        }
    }
}
