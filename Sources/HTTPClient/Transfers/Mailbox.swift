import Synchronization

/// Where tasks leave word for the driver's thread.
///
/// The continuation of a transfer travels through here once and is then the driver's alone, which is why a
/// cancellation and a completion can never both resume it. Closing and posting are decided under one lock:
/// an order is either refused, or seen by the driver before it ends.
final class Mailbox: Sendable {
    enum Message: Sendable {
        case send(TransferOrder)
        case cancel(TransferID)
    }

    struct Delivery {
        var messages: [Message]
        /// No message comes after these.
        var isLast: Bool
    }

    private struct State {
        var messages: [Message] = []
        var isOpen = true
        /// The handle whose wait must be ended when something is posted; nil once the driver has let go of it.
        var multi: CurlMulti?
        var hasEnded = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(waking multi: CurlMulti) { state = Mutex(State(multi: multi)) }

    /// Leaves a message and wakes the driver; false when the mailbox is closed.
    func post(_ message: Message) -> Bool {
        state.withLock { state in
            guard state.isOpen else { return false }
            // The driver takes everything at once: only the first message needs to wake it.
            if state.messages.isEmpty { state.multi?.wakeUp() }
            state.messages.append(message)
            return true
        }
    }

    /// Everything posted since the last time.
    func takeAll() -> Delivery {
        state.withLock { state in
            defer { state.messages = [] }
            return Delivery(messages: state.messages, isLast: !state.isOpen)
        }
    }

    /// Refuses further messages and lets the driver end.
    func close() {
        state.withLock { state in
            state.isOpen = false
            state.multi?.wakeUp()
        }
    }

    /// Resumes the continuation when the driver has ended; at once when it already has.
    func whenEnded(_ continuation: CheckedContinuation<Void, Never>) {
        let hasEnded = state.withLock { state in
            if !state.hasEnded { state.closers.append(continuation) }
            return state.hasEnded
        }
        if hasEnded { continuation.resume() }
    }

    /// The driver lets go of its handle: no wake-up reaches it from here on.
    func releaseHandle() {
        state.withLock { $0.multi = nil }
    }

    /// The driver's last act.
    func resumeClosers() {
        let closers = state.withLock { state in
            state.hasEnded = true
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }
}
