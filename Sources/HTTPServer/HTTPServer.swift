package import HTTPMessages
import Synchronization
package import Telemetry

/// An HTTP/1.1 server: listens, bounds what clients can do, asks a `Responder`, and drains.
///
/// The responder runs on the event loop's thread, and so does what it awaits unless that lives elsewhere. That
/// makes a request cheap, and means that work which keeps a CPU busy for more than a millisecond must leave:
/// `withTaskExecutorPreference(globalConcurrentExecutor) { … }`. An unstructured `Task { }` loses the
/// preference, child tasks keep it.
///
/// The responder's task is cancelled when its client leaves. HTTP/2 and TLS end at the load balancer.
package final class HTTPServer: Sendable {
    private let hosts: [ConnectionHost]
    private let log: Log
    private let hasRun = Mutex(false)
    /// The port it listens on; the one chosen by the kernel when 0 was asked for.
    package let port: Int

    /// Binds and listens; clients wait in the backlog until `run`.
    package init(
        _ settings: HTTPServerSettings = HTTPServerSettings(),
        responder: any Responder,
        log: Log = .silent
    ) throws(HTTPServerError) {
        let socket = try ListeningSocket(host: settings.host, port: settings.port)
        port = socket.port
        let budget = ConnectionBudget(limit: settings.limits.connections)
        var hosts: [ConnectionHost] = []
        for _ in 0..<max(1, settings.threads) {
            hosts.append(try ConnectionHost(settings, responder: responder, budget: budget, log: log))
        }
        self.hosts = hosts
        self.log = log
        hosts[0].listen(Listener(socket, hosts: hosts, budget: budget, log: log))
    }

    /// Serves until `drain` or `close` was called, no connection is left and every responder has returned.
    ///
    /// Cancelling the task is a `close`. Call it once.
    package func run() async {
        let mayRun = hasRun.withLock { hasRun in
            defer { hasRun = true }
            return !hasRun
        }
        precondition(mayRun, "a server runs once")
        await withTaskCancellationHandler {
            await withTaskGroup { group in
                for host in hosts { group.addTask { await self.runThread(of: host) } }
            }
        } onCancel: {
            close()
        }
    }

    deinit {
        // No thread has started, so nobody else is there; a server that ran has closed its listener itself.
        if !hasRun.withLock({ $0 }) { hosts[0].abandonListening() }
    }

    /// Stops accepting, closes idle connections, and lets running requests finish with `Connection: close`.
    package func drain() {
        let hosts = hosts
        hosts[0].loop
            .submit {
                hosts[0].stopListening()
                // Behind the connections just dealt out to them.
                for host in hosts { host.loop.submit { host.drain() } }
            }
    }

    /// Cuts every connection at once and cancels the responders.
    package func close() {
        let hosts = hosts
        hosts[0].loop
            .submit {
                hosts[0].stopListening()
                for host in hosts { host.loop.submit { host.close() } }
            }
    }

    private func runThread(of host: ConnectionHost) async {
        await withCheckedContinuation { continuation in
            let isStarted = LoopThread.start {
                host.run()
                continuation.resume()
            }
            guard !isStarted else { return }
            log.error("no thread for an event loop")
            close()
            continuation.resume()
        }
    }
}
