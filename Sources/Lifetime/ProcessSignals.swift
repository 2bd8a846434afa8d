import Dispatch
import Glibc
import Synchronization

/// Turns SIGTERM, SIGINT and SIGHUP into a stop: the first asks for it, the second ends the process at once.
package final class ProcessSignals: Sendable {
    private let sources: Mutex<[any DispatchSourceSignal]>

    /// Listens from now on, for the rest of the process's life.
    package init(stop: StopSignal) {
        // A write to a socket whose peer is gone must be an error of that write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        let queue = DispatchQueue(label: "signals")
        sources = Mutex(
            [SIGTERM, SIGINT, SIGHUP]
                .map { number in
                    // The default action would end the process before the source sees the signal.
                    signal(number, SIG_IGN)
                    let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                    source.setEventHandler {
                        if stop.isStopping { _exit(128 + number) }
                        stop.trigger()
                    }
                    source.resume()
                    return source
                }
        )
    }
}
