internal import Glibc
internal import ImageJobs
internal import Synchronization

/// Where the file of an image lies, and how it gets there.
///
/// Its name is kept by three folders. For the name to last all must be synced, whoever made them: another put may
/// have made one a moment ago and not synced it yet.
struct ImagePlace: Sendable {
    /// `root/images/{job}/{fence}/result.png`.
    let file: String
    /// `root/images/{job}`.
    let job: String
    /// `root/images/{job}/{fence}`.
    let fence: String
    /// `root/images`.
    let images: String

    /// The place of the key under the root; nil when its path has not the four parts of a key.
    init?(root: String, key: ImageKey) {
        let parts = key.path.split(separator: "/")
        guard parts.count == 4 else { return nil }
        images = "\(root)/\(parts[0])"
        job = "\(images)/\(parts[1])"
        fence = "\(job)/\(parts[2])"
        file = "\(fence)/\(parts[3])"
    }

    /// Gives a complete and synced file its name here, in one step.
    ///
    /// Makes the folders that are missing.
    func adopt(_ temporary: String) throws(FileError) {
        for _ in 1...3 {
            for folder in [images, job, fence] {
                do throws(FileError) {
                    try OpenFile.makeDirectory(folder)
                } catch  where error.code == ENOENT {
                    // The folder above was just removed: the next round makes it again.
                    break
                }
            }
            if unsafe rename(temporary, file) == 0 { return }
            // A delete of the job's other images may remove the folder while it is still empty.
            guard errno == ENOENT else { throw .last("rename") }
        }
        throw FileError("rename", ENOENT)
    }

    /// Syncs a folder.
    ///
    /// One that is gone by now was removed with its entries, by a delete that came meanwhile.
    static func syncUnlessRemoved(_ folder: String) throws(FileError) {
        do throws(FileError) {
            try OpenFile.syncDirectory(folder)
        } catch {
            guard error.code == ENOENT else { throw error }
        }
    }
}

/// Gives names that no other file of this process has.
final class FileNames: Sendable {
    private let last = Atomic<Int>(0)

    func next() -> String { "\(getpid())-\(last.wrappingAdd(1, ordering: .relaxed).newValue)" }
}

/// The names in a directory.
enum DirectoryListing {
    /// Every name but the directory itself and its parent, in no order.
    ///
    /// None when the directory is not there.
    static func names(in path: String) throws(FileError) -> [String] {
        guard let stream = unsafe opendir(path) else {
            if errno == ENOENT { return [] }
            throw .last("opendir")
        }
        defer { unsafe closedir(stream) }
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
        var names: [String] = []
        while true {
            // "To distinguish end of stream from an error, set errno to zero before calling readdir()" (readdir(3)).
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw .last("readdir") }
                return names
            }
            // By its address: an entry may end before the 256 bytes that the C type declares for the name.
            let bytes = unsafe UnsafeRawPointer(entry).advanced(by: offset)
                .assumingMemoryBound(to: CChar.self)
            let name = unsafe String(cString: bytes)
            if name != "." && name != ".." { names.append(name) }
        }
    }
}
