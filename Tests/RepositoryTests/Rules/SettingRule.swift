/// The settings that `.env.example` shows are those that the program knows.
struct SettingRule {
    /// The settings' names; one that ends in `_` stands for all that begin so.
    let known: Set<String>

    /// The names of settings in sources: whole texts of capitals, digits and underscores.
    static func names(in texts: [String]) -> Set<String> {
        var found: Set<String> = []
        for text in texts {
            let pieces = text.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
            found.formUnion(pieces.filter(isName))
        }
        return found
    }

    /// Each variable with its line, those that are commented out too.
    static func variables(of example: String) -> [(name: String, line: Int)] {
        example.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .compactMap { index, line in
                let name = String(line.drop { $0 == "#" || $0 == " " }.prefix { $0 != "=" })
                return line.contains("=") && isName(name) ? (name, index + 1) : nil
            }
    }

    func violations(in example: String, path: String) -> [Violation] {
        Self.variables(of: example)
            .filter { !isKnown($0.name) }
            .map { Violation(path: path, line: $0.line, reason: "\($0.name) is not a setting") }
    }

    private func isKnown(_ name: String) -> Bool {
        known.contains(name) || known.contains { $0.hasSuffix("_") && name.hasPrefix($0) }
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.count > 1 && text.first?.isLetter == true
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            }
    }
}
