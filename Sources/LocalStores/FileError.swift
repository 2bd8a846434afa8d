internal import Glibc
internal import ImageJobs

/// A call on a file that failed, with the system's number of the reason.
struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The call, such as `open`.
    let operation: String
    let code: Int32

    init(_ operation: String, _ code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// What the call just now left in `errno`.
    static func last(_ operation: String) -> FileError { FileError(operation, errno) }

    /// The call and the system's words, without the path.
    var description: String {
        var text = [CChar](repeating: 0, count: 128)
        let isKnown = unsafe strerror_r(code, &text, text.count - 1) == 0
        let words = String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        return isKnown ? "\(operation): \(words)" : "\(operation): error \(code)"
    }

    /// Wrong folder, owner or file system: waiting does not help.
    private var needsSomeone: Bool {
        [EACCES, EPERM, EROFS, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG].contains(code)
    }

    fileprivate var asImageStoreError: ImageStoreError {
        needsSomeone ? .misconfigured(reason: description) : .unavailable(reason: description)
    }
}

extension ImageStoreError {
    init(_ error: FileError) { self = error.asImageStoreError }
}
