import Glibc

/// Reads the small files that configuration and tokens lie in.
package struct AWSFileReader: Sendable {
    /// Why a file that is there could not be read; names neither path nor content.
    package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    /// A file's content by its path; nil when there is no such file.
    package let read: @Sendable (_ path: String) throws(Failure) -> [UInt8]?

    package init(read: @escaping @Sendable (_ path: String) throws(Failure) -> [UInt8]?) { self.read = read }

    /// Bytes that a file may have; the largest token is a few kilobytes.
    package static let largestFile = 1_048_576

    /// The machine's files.
    ///
    /// Reads a few kilobytes of a local file on the calling thread, at start-up and when credentials are refreshed.
    package static let local = AWSFileReader { path throws(Failure) in
        guard !path.utf8.contains(0) else { throw Failure("the path holds a NUL") }
        guard let file = unsafe fopen(path, "re") else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Failure("cannot be opened (error \(errno))")
        }
        defer { unsafe fclose(file) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe fread(&piece, 1, piece.count, file)
            content += piece.prefix(count)
            guard content.count <= largestFile else { throw Failure("is larger than \(largestFile) bytes") }
            if count < piece.count { break }
        }
        guard unsafe ferror(file) == 0 else { throw Failure("cannot be read") }
        return content
    }
}
