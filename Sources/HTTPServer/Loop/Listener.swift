import CLinux
import Glibc
import Telemetry

/// Accepts connections and deals them out to the loops in turn; lives on the first loop's thread.
final class Listener {
    /// The listening socket's token; connections never get it, because a table has fewer places.
    static let token = UInt64.max - 1
    /// Connections accepted before others have their turn; the kernel reports again what is left.
    static let acceptsAtOnce = 64

    private let socket: ListeningSocket
    private let loop: EventLoop
    private let hosts: [ConnectionHost]
    private let budget: ConnectionBudget
    private let log: Log
    private var turn = 0
    private var isPaused = true
    /// At the limit, each client that leaves lets one more in and ends in a pause again: one warning stands for many.
    private var nextWarning = ContinuousInstant.distantPast
    private static let warningPause = Duration.seconds(10)

    init(_ socket: consuming ListeningSocket, hosts: [ConnectionHost], budget: ConnectionBudget, log: Log) {
        self.socket = socket
        loop = hosts[0].loop
        self.hosts = hosts
        self.budget = budget
        self.log = log
        resume()
    }

    /// Listens again after a pause, if there is room.
    func resume() {
        guard isPaused, !budget.isExhausted else { return }
        isPaused = !loop.add(socket.raw, token: Self.token, [.readable])
    }

    /// Accepts what waits.
    func accept(atMost count: Int = acceptsAtOnce) {
        for _ in 0..<count where !isPaused {
            guard !budget.isExhausted else {
                warn("connection limit reached, accepting is paused")
                return pause()
            }
            switch socket.accept() {
            case .connection(let raw, let address): dealOut(raw, address)
            case .none: return
            case .aborted: continue
            case .failed(let code):
                // Out of descriptors or memory: trying again at once would spin. The tick tries again.
                warn("accept failed", ["reason": .text(HTTPServerError.text(of: code))])
                return pause()
            }
        }
    }

    private func pause() {
        loop.remove(socket.raw)
        isPaused = true
    }

    private func warn(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        guard loop.now >= nextWarning else { return }
        nextWarning = loop.now + Self.warningPause
        log.warning(message, fields)
    }

    private func dealOut(_ raw: Int32, _ address: String) {
        budget.take()
        let host = hosts[turn % hosts.count]
        turn += 1
        if host.loop === loop {
            host.adopt(Descriptor(owning: raw), remoteAddress: address)
        } else {
            host.loop.submit { host.adopt(Descriptor(owning: raw), remoteAddress: address) }
        }
    }
}
