import HTTPMessages
import Telemetry

/// One event loop and the connections on it.
final class ConnectionHost: EventHandler, @unchecked Sendable {
    // @unchecked: everything mutable is touched by the loop's thread only; others use `submit`.

    let loop: EventLoop
    let settings: HTTPServerSettings
    let responder: any Responder
    let log: Log
    private let budget: ConnectionBudget

    // Loop thread:
    private(set) var isDraining = false
    private var table = ConnectionTable()
    private var runningExchanges = 0
    /// Accepts for all loops; only one host has it.
    private var listener: Listener?

    init(
        _ settings: HTTPServerSettings,
        responder: any Responder,
        budget: ConnectionBudget,
        log: Log
    ) throws(HTTPServerError) {
        loop = try EventLoop(tick: settings.timeouts.tick)
        self.settings = settings
        self.responder = responder
        self.budget = budget
        self.log = log
    }

    /// Serves until drained; the calling thread becomes the loop's.
    func run() { loop.run(self) }

    // MARK: Events

    var isDone: Bool { isDraining && table.isEmpty && runningExchanges == 0 }

    func ready(_ token: UInt64, _ readiness: Readiness) {
        if token == Listener.token {
            listener?.accept()
        } else {
            table[token]?.assumeIsolated { $0.handle(readiness) }
        }
    }

    func tick() {
        listener?.resume()
        for connection in table.all { connection.assumeIsolated { $0.tick() } }
    }

    // MARK: Connections

    /// Takes over an accepted connection.
    func adopt(_ descriptor: consuming Descriptor, remoteAddress: String) {
        let raw = descriptor.raw
        let token = table.reserve()
        let connection = Connection(descriptor, token: token, remoteAddress: remoteAddress, host: self)
        table.insert(connection)
        guard loop.add(raw, token: token, [.readable, .writable, .peerFinished, .edgeTriggered]) else {
            log.warning("connection cannot be watched")
            connection.assumeIsolated { $0.close() }
            return
        }
        // It waited in the backlog while the drain began; what it has sent is answered.
        if isDraining { connection.assumeIsolated { $0.drain() } }
    }

    func remove(_ token: UInt64) {
        table.remove(token)
        budget.giveBack()
        listener?.resume()
    }

    func exchangeStarted() { runningExchanges += 1 }

    func exchangeEnded() { runningExchanges -= 1 }

    // MARK: Beginning and end

    func listen(_ listener: Listener) { self.listener = listener }

    /// Closes the listener, after it has accepted what the kernel already had.
    func stopListening() {
        listener?.accept(atMost: Int(ListeningSocket.backlog))
        listener = nil
    }

    /// Closes the listener of a server that never ran.
    func abandonListening() { listener = nil }

    func drain() {
        guard !isDraining else { return }
        isDraining = true
        for connection in table.all { connection.assumeIsolated { $0.drain() } }
    }

    func close() {
        isDraining = true
        for connection in table.all { connection.assumeIsolated { $0.close() } }
    }
}
