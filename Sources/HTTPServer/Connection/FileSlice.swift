import CLinux
import Glibc

/// A part of an open file that the kernel copies to a socket.
struct FileSlice: ~Copyable {
    enum Failure: Error {
        case missing
        case unreadable(code: Int32)
        /// Not a regular file, or not as long as was promised.
        case unfit
    }

    private let descriptor: Descriptor
    private var offset: off_t
    private var left: Int

    private static let bytesAtOnce = 1024 * 1024

    init(path: String, offset: Int, length: Int) throws(Failure) {
        let raw = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard raw >= 0 else { throw errno == ENOENT ? .missing : .unreadable(code: errno) }
        let descriptor = Descriptor(owning: raw)
        var facts = stat()
        guard unsafe fstat(raw, &facts) == 0 else { throw .unreadable(code: errno) }
        let isRegular = facts.st_mode & S_IFMT == S_IFREG
        guard isRegular, offset >= 0, length >= 0, offset <= facts.st_size,
            length <= Int(facts.st_size) - offset
        else { throw .unfit }
        self.descriptor = consume descriptor
        self.offset = off_t(offset)
        left = length
    }

    /// Sends until all is gone or the socket is full.
    mutating func send(to socket: Int32, hasProgressed: inout Bool) -> OutputQueue.Progress {
        while left > 0 {
            let count = unsafe sendfile(socket, descriptor.raw, &offset, min(left, Self.bytesAtOnce))
            if count < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN ? .blocked : .broken
            }
            // 0: the file ends here now; what was promised can no longer be kept.
            if count == 0 { return .broken }
            hasProgressed = true
            left -= count
        }
        return .drained
    }
}
