import Glibc

/// A file descriptor that is closed exactly once: when its owner lets go of it.
struct Descriptor: ~Copyable {
    let raw: Int32

    init(owning raw: Int32) { self.raw = raw }

    // close(2): "Retrying the close() after a failure return is the wrong thing to do", and nothing is left to
    // do with a socket or a file that was only read. https://man7.org/linux/man-pages/man2/close.2.html
    deinit { _ = close(raw) }
}
