internal import Dispatch
internal import Synchronization

/// Runs blocking work on threads of its own, at most `width` at a time; the rest waits in order.
///
/// What waits is bounded by the callers, each of whom waits for one piece of work.
final class BoundedLane: Sendable {
    /// Work that was cancelled while it waited, and never ran.
    struct Cancelled: Error {}

    private struct Waiting {
        let ticket: UInt64
        let start: @Sendable () -> Void
        let cancel: @Sendable () -> Void
    }

    private struct State {
        var free: Int
        var waiting: [Waiting] = []
        var nextTicket: UInt64 = 0
        /// Calls that are not queued yet, and whether they were cancelled already.
        var announced: [UInt64: Bool] = [:]
    }

    private let queue: DispatchQueue
    private let whenIdle: @Sendable () -> Void
    private let width: Int
    private let state: Mutex<State>

    /// `whenIdle` runs on the lane's thread each time nothing is left to do.
    init(label: String, width: Int, whenIdle: @escaping @Sendable () -> Void = {}) {
        precondition(width > 0)
        queue = DispatchQueue(label: label, attributes: .concurrent)
        self.width = width
        self.whenIdle = whenIdle
        state = Mutex(State(free: width))
    }

    /// The work's result.
    ///
    /// Cancelled while it waits, it is dropped; cancelled while it runs, it ends first.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(Cancelled) -> Value {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            state.announced[state.nextTicket] = false
            return state.nextTicket
        }
        let result: Result<Value, Cancelled> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiting = Waiting(
                    ticket: ticket,
                    start: { continuation.resume(returning: .success(work())) },
                    cancel: { continuation.resume(returning: .failure(Cancelled())) }
                )
                enqueue(waiting)
            }
        } onCancel: {
            cancel(ticket)
        }
        return try result.get()
    }

    private func enqueue(_ entry: Waiting) {
        let next: (@Sendable () -> Void)? = state.withLock { state in
            if state.announced.removeValue(forKey: entry.ticket) == true { return entry.cancel }
            guard state.free > 0 else {
                state.waiting.append(entry)
                return nil
            }
            state.free -= 1
            return { self.begin(entry) }
        }
        next?()
    }

    private func begin(_ entry: Waiting) {
        queue.async {
            entry.start()
            self.finish()
        }
    }

    private func finish() {
        let (next, isIdle): (Waiting?, Bool) = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return (nil, state.free == width)
            }
            return (state.waiting.removeFirst(), false)
        }
        if let next { begin(next) }
        if isIdle { whenIdle() }
    }

    private func cancel(_ ticket: UInt64) {
        let dropped: Waiting? = state.withLock { state in
            if state.announced[ticket] != nil { state.announced[ticket] = true }
            guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
            return state.waiting.remove(at: index)
        }
        dropped?.cancel()
    }
}
