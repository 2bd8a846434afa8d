/// A line that begins a declaration.
struct Declaration {
    /// The word that says what is declared.
    let keyword: String
    let modifiers: [String]
    /// The declared name; empty for `init` and `deinit`.
    let name: String

    /// Nil when the line, with comments and texts blanked, begins no declaration.
    init?(_ line: String) {
        var words: [String] = []
        for word in line.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
            // `init(`, `init?(` and `private(set)` are words of their own.
            let bare = word.prefix { $0.isLetter || $0 == "_" }
            if Self.keywords.contains(String(bare)), bare == word || bare == "init" || bare == "subscript" {
                let isClassMember = bare == "class" && Self.begins(line, with: ["class func", "class var"])
                guard !isClassMember else { continue }
                keyword = String(bare)
                modifiers = words
                let rest = line[word.endIndex...].drop { $0 == " " }
                name = String(rest.prefix { !"(<:{ =".contains($0) })
                return
            }
            guard word.hasPrefix("@") || Self.modifiers.contains(String(bare)) else { return nil }
            words.append(String(word))
        }
        return nil
    }

    var isFunction: Bool { ["func", "init", "deinit", "subscript"].contains(keyword) }
    var isType: Bool { ["struct", "enum", "class", "actor", "protocol", "typealias"].contains(keyword) }
    /// Whether other modules see it.
    var isShared: Bool { modifiers.contains("package") || modifiers.contains("public") }

    private static func begins(_ line: String, with starts: [String]) -> Bool {
        starts.contains { line.contains($0) }
    }

    private static let keywords: Set<String> = [
        "func", "init", "deinit", "subscript", "struct", "enum", "class", "actor", "protocol", "typealias",
        "let",
        "var", "extension", "case",
    ]
    private static let modifiers: Set<String> = [
        "public", "package", "internal", "fileprivate", "private", "static", "final", "mutating",
        "nonmutating",
        "borrowing", "consuming", "override", "convenience", "required", "nonisolated", "indirect", "unsafe",
        "weak",
        "lazy", "unowned", "dynamic", "isolated", "distributed", "prefix", "postfix", "infix",
    ]
}
