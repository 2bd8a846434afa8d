import Glibc
import HTTPMessages

/// The thread that drives a client's transfers, so that curl's blocking calls take no thread of the shared pool.
@safe
enum DriverThread {
    /// Starts the thread; it ends when the mailbox is closed.
    static func start(
        _ settings: HTTPClientSettings,
        _ mailbox: Mailbox,
        _ multi: CurlMulti
    ) throws(HTTPTransportError) {
        let work = Work(settings: settings, mailbox: mailbox, multi: multi)
        // The thread owns the reference: it takes it back in its first line.
        let context = unsafe Unmanaged.passRetained(work)
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            &attributes,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context.toOpaque()
        )
        guard code == 0 else {
            unsafe context.release()
            throw .connectFailed(reason: "no thread could be started")
        }
    }

    /// What the thread needs; handed over whole.
    private final class Work {
        private let settings: HTTPClientSettings
        private let mailbox: Mailbox
        /// Let go of by the thread before it reports its end.
        private var multi: CurlMulti?

        init(settings: HTTPClientSettings, mailbox: Mailbox, multi: CurlMulti) {
            self.settings = settings
            self.mailbox = mailbox
            self.multi = multi
        }

        func run() {
            // Signals are for the process's own handlers; a write to a closed socket must not end the process.
            var all = sigset_t()
            unsafe sigfillset(&all)
            unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
            if let multi {
                self.multi = nil
                TransferDriver(settings: settings, mailbox: mailbox, multi: multi).run()
            }
            mailbox.releaseHandle()
            mailbox.resumeClosers()
        }
    }
}
