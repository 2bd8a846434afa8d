/// A Swift file, taken apart far enough for the rules: lines of code and lines of comments, apart from each other.
struct SourceFile {
    let path: String
    /// The lines as they are.
    let lines: [String]
    /// The lines with comments and the insides of texts blanked.
    let code: [String]
    /// The lines with everything but comments blanked.
    let comments: [String]

    init(path: String, text: String) {
        self.path = path
        let parts = SwiftScanner.split(text)
        lines = Self.lines(text)
        code = Self.lines(parts.code)
        comments = Self.lines(parts.comments)
    }

    /// The module that the file belongs to: the folder below `Sources` or `Tests`.
    var module: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Each imported module with its line, whatever attributes and access levels stand before.
    var imports: [(module: String, line: Int)] {
        code.enumerated()
            .compactMap { index, line -> (module: String, line: Int)? in
                let words = line.split(separator: " ")
                guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
                    words[..<keyword]
                        .allSatisfy({ $0.hasPrefix("@") || Self.accessLevels.contains(String($0)) })
                else { return nil }
                // `import struct Module.Type` names the module behind the kind.
                guard
                    let named = words[(keyword + 1)...]
                        .first(where: { !Self.importKinds.contains(String($0)) })
                else { return nil }
                return (String(named.prefix { $0 != "." }), index + 1)
            }
    }

    /// A violation in this file.
    func violation(line: Int, _ reason: String) -> Violation {
        Violation(path: path, line: line, reason: reason)
    }

    private static let accessLevels: Set<String> = [
        "public", "package", "internal", "fileprivate", "private",
    ]
    private static let importKinds: Set<String> = [
        "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
    ]

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
