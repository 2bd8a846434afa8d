import CPostgres
import Glibc

/// Wakes a thread that waits in `poll`, from any other thread.
final class WakeSignal: Sendable {
    /// Readable once the signal was given.
    let descriptor: Int32

    init() throws(PostgresError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw .connectFailed(reason: "no file descriptor is free (\(errno))") }
    }

    deinit { close(descriptor) }

    func give() {
        // Fails only when the counter is full, and then the signal is given already.
        _ = eventfd_write(descriptor, 1)
    }

    func clear() {
        var count: eventfd_t = 0
        // Fails only when there was no signal.
        _ = unsafe eventfd_read(descriptor, &count)
    }
}
