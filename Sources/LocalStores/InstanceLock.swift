internal import Glibc

/// The right to use a data folder: held by one process, from `init` until its owner goes away.
///
/// The system releases it also when the process dies in any way.
package struct InstanceLock: ~Copyable, Sendable {
    private let file: OpenFile

    /// Takes the lock of the folder, which is created if it is not there.
    package init(folder: String) throws(InstanceLockError) {
        do throws(FileError) {
            try Self.makeFolders(folder)
            let path = "\(folder)/lock"
            let file = try OpenFile(path, O_RDWR | O_CREAT)
            guard try file.lock() else {
                throw FileError("flock", EWOULDBLOCK)
            }
            // For people who ask who holds the folder; nothing is decided by it.
            try file.truncate()
            try file.write(Array("\(getpid())\n".utf8))
            self.file = file
        } catch  where error == FileError("flock", EWOULDBLOCK) {
            throw .taken(folder: folder, process: Self.holder(of: folder))
        } catch {
            throw .unusable(folder: folder, reason: error.description)
        }
    }

    private static func makeFolders(_ folder: String) throws(FileError) {
        var path = folder.hasPrefix("/") ? "" : "."
        for part in folder.split(separator: "/") {
            path += "/\(part)"
            do throws(FileError) {
                try OpenFile.makeDirectory(path)
            } catch {
                // On a read-only or foreign part of the path that is there already, another error may come first.
                guard unsafe access(path, F_OK) == 0 else { throw error }
            }
        }
    }

    private static func holder(of folder: String) -> Int? {
        do throws(FileError) {
            let text = String(
                decoding: try OpenFile("\(folder)/lock", O_RDONLY).read(count: 20),
                as: UTF8.self
            )
            return text.split(separator: "\n").first.flatMap { Int($0) }
        } catch {
            // The number only makes the message friendlier.
            return nil
        }
    }
}

/// Why a data folder cannot be used.
package enum InstanceLockError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another process uses it.
    case taken(folder: String, process: Int?)
    /// It cannot be created or written.
    case unusable(folder: String, reason: String)

    package var description: String {
        switch self {
        case .taken(let folder, let process):
            "another image-api\(process.map { " (process \($0))" } ?? "") uses \(folder); stop it, or set DATA_DIR"
        case .unusable(let folder, let reason): "cannot use \(folder): \(reason)"
        }
    }
}
