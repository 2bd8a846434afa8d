import Foundation

/// An empty folder of one test, removed when nobody holds it any more.
package final class ScratchFolder: Sendable {
    package let path: String

    package init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "image-api-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            // What is left lies in the system's folder for temporary files; no test depends on it.
            print("could not remove \(path): \(error)")
        }
    }

    /// The path of a file in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Copies the files as they are now, as a crash of the machine's power or of the process would leave them.
    package func copy(_ names: [String], to other: ScratchFolder) throws {
        for name in names where FileManager.default.fileExists(atPath: file(name)) {
            try FileManager.default.copyItem(atPath: file(name), toPath: other.file(name))
        }
    }
}
