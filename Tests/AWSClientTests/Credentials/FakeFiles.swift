import AWSClient
import Synchronization

/// Files by path, changeable by a test.
final class FakeFiles: Sendable {
    private let contents: Mutex<[String: String]>

    init(_ contents: [String: String] = [:]) { self.contents = Mutex(contents) }

    func write(_ content: String, to path: String) { contents.withLock { $0[path] = content } }

    /// A path that ends in `.broken` cannot be read.
    var reader: AWSFileReader {
        AWSFileReader { path throws(AWSFileReader.Failure) in
            if path.hasSuffix(".broken") { throw AWSFileReader.Failure("cannot be read") }
            return self.contents.withLock { $0[path].map { Array($0.utf8) } }
        }
    }
}
