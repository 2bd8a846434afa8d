import CPostgres
import Synchronization

/// What may be known of a connection without waiting for its queue.
///
/// Written on the connection's queue, read by the pool while nobody uses the connection.
final class ConnectionCondition: Sendable {
    private struct State {
        var socket: Int32?
        var isIdle = false
    }

    private let state = Mutex(State())

    var isReusable: Bool { state.withLock { $0.socket != nil && $0.isIdle } }

    /// Whether nothing waits to be read from an open socket.
    var isQuiet: Bool {
        guard let socket = state.withLock(\.socket) else { return false }
        var watched = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&watched, 1, 0) == 0
    }

    func open(socket: Int32) { state.withLock { $0 = State(socket: socket) } }

    func set(isIdle: Bool) { state.withLock { $0.isIdle = isIdle } }

    func close() { state.withLock { $0 = State() } }
}
