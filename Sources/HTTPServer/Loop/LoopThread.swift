import Glibc

/// The thread of an event loop.
enum LoopThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Whether the thread could be started; if so it runs the closure and ends.
    static func start(_ run: @escaping @Sendable () -> Void) -> Bool {
        // The thread takes over this reference; if there is none, it is given back here.
        let body = unsafe Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                LoopThread.blockBrokenPipeSignal()
                body.run()
                return nil
            },
            body.toOpaque()
        )
        guard code == 0 else {
            unsafe body.release()
            return false
        }
        // It fails only for threads that were joined or detached before.
        _ = pthread_detach(thread)
        return true
    }

    /// `sendfile` knows no MSG_NOSIGNAL: without this a client that leaves would end the process.
    ///
    /// The signal of a failed write goes to the writing thread, so nothing else of the process is changed.
    private static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
