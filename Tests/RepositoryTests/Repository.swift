import FoundationEssentials

/// The files of this repository, as they lie on the disk.
struct Repository {
    /// Folders that hold what was built, installed or stored, not what was written.
    private static let passedOver: Set<String> = [
        ".git", ".build", ".build-tsan", ".build-asan", ".venv", ".image-api",
    ]

    let root: String

    init(testFile: String = #filePath) {
        root = testFile.components(separatedBy: "/Tests/RepositoryTests/")[0]
    }

    /// A file's text.
    func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(root)/\(path)") }

    /// Whether anybody may execute the file.
    func isExecutable(_ path: String) throws -> Bool {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(root)/\(path)")
        guard let permissions = attributes[.posixPermissions] as? Int else {
            throw MissingPermissions(path: path)
        }
        return permissions & 0o111 != 0
    }

    struct MissingPermissions: Error { let path: String }

    /// The paths of all files in a folder and below, in order; the whole repository when the folder is empty.
    func paths(in folder: String = "", ending: String = "") throws -> [String] {
        let full = folder.isEmpty ? root : "\(root)/\(folder)"
        var found: [String] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: full).sorted() {
            guard !Self.passedOver.contains(name) else { continue }
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            var isFolder = false
            guard FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder) else {
                continue
            }
            if isFolder {
                found += try paths(in: path, ending: ending)
            } else if path.hasSuffix(ending) {
                found.append(path)
            }
        }
        return found
    }

    /// Every Swift file in a folder and below.
    func swiftFiles(in folder: String) throws -> [SourceFile] {
        try Self.swiftFiles.get().filter { $0.path.hasPrefix(folder + "/") }
    }

    /// Every Swift file of sources and tests, read once for all tests.
    private static let swiftFiles = Result {
        let repository = Repository()
        return try ["Sources", "Tests"].flatMap { try repository.paths(in: $0, ending: ".swift") }
            .map { SourceFile(path: $0, text: try repository.text($0)) }
    }

    /// The documents that people read: Markdown at the root and in `docs`.
    func documents() throws -> [Document] {
        try paths(ending: ".md").map { Document(path: $0, text: try text($0)) }
    }
}

/// What a rule found, as the failing test prints it.
struct Violation: Equatable, CustomStringConvertible {
    let path: String
    let line: Int
    let reason: String

    var description: String { "\(path):\(line): \(reason)" }
}
