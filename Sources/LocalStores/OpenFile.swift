internal import Glibc

/// A file descriptor: closed exactly once, when its owner goes away.
struct OpenFile: ~Copyable {
    private let descriptor: Int32

    /// Opens with these flags.
    ///
    /// Never follows a link in the last part of the path, never leaks into a child process.
    init(_ path: String, _ flags: Int32, permissions: mode_t = 0o600) throws(FileError) {
        let descriptor = Self.uninterrupted {
            unsafe open(path, flags | O_CLOEXEC | O_NOFOLLOW, permissions)
        }
        guard descriptor >= 0 else { throw .last("open") }
        self.descriptor = descriptor
    }

    // Nothing is lost by a failing close: what must last was synced before.
    deinit { _ = close(descriptor) }

    /// What the file is and how large.
    func status() throws(FileError) -> stat {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .last("fstat") }
        return status
    }

    /// Writes all of the bytes.
    func write(_ bytes: [UInt8]) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                unsafe Glibc.write(
                    descriptor,
                    bytes.baseAddress?.advanced(by: written),
                    bytes.count - written
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last("write") }
            written += count
        }
    }

    /// Reads `count` bytes from the start, or fewer when the file is shorter.
    func read(count: Int) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = unsafe bytes.withUnsafeMutableBytes { bytes in
                unsafe pread(
                    descriptor,
                    bytes.baseAddress?.advanced(by: filled),
                    count - filled,
                    off_t(filled)
                )
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .last("read") }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    /// Returns when the file's content, or the directory's entries, are on the disk.
    func sync() throws(FileError) {
        guard Self.uninterrupted({ fsync(descriptor) }) == 0 else { throw .last("fsync") }
    }

    /// Takes the lock that only one open file in the machine can hold.
    ///
    /// False when another has it.
    func lock() throws(FileError) -> Bool {
        if Self.uninterrupted({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw .last("flock") }
        return false
    }

    /// Cuts the file to nothing.
    func truncate() throws(FileError) {
        guard Self.uninterrupted({ ftruncate(descriptor, 0) }) == 0 else { throw .last("ftruncate") }
    }

    private static func uninterrupted(_ call: () -> Int32) -> Int32 {
        while true {
            let result = call()
            guard result < 0, errno == EINTR else { return result }
        }
    }
}

extension OpenFile {
    /// Syncs the entries of a directory.
    static func syncDirectory(_ path: String) throws(FileError) {
        try OpenFile(path, O_RDONLY | O_DIRECTORY).sync()
    }

    /// Makes a directory that only its owner may use.
    ///
    /// False when it was there already.
    @discardableResult
    static func makeDirectory(_ path: String) throws(FileError) -> Bool {
        if unsafe mkdir(path, 0o700) == 0 { return true }
        guard errno == EEXIST else { throw .last("mkdir") }
        return false
    }

    /// Removes a file; one that is not there is no error.
    static func remove(_ file: String) throws(FileError) {
        guard unsafe unlink(file) != 0, errno != ENOENT else { return }
        throw .last("unlink")
    }

    /// Removes a directory without entries.
    ///
    /// False when it has some, or is not there.
    static func removeEmptyDirectory(_ path: String) throws(FileError) -> Bool {
        if unsafe rmdir(path) == 0 { return true }
        guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOENT else { throw .last("rmdir") }
        return false
    }
}
