/// The sections of an AWS configuration or credentials file.
///
/// The format is the one AWS's tools share: `[section]`, `name = value`, comments after `#` or `;`.
/// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
struct ProfileFile: Equatable {
    enum Kind {
        /// Profiles are sections `[profile name]` and `[default]`.
        case configuration
        /// Every section is a profile.
        case credentials
    }

    /// A line that is neither section, property nor comment.
    struct SyntaxError: Error, Equatable {
        let line: Int
    }

    /// Properties by profile, names of properties in lower case.
    private(set) var profiles: [String: [String: String]] = [:]

    init(_ text: String, kind: Kind) throws(SyntaxError) {
        var profile: String?
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let isIndented = line.first?.isWhitespace == true
            let content = Self.trimmed(line)
            guard let first = content.first, first != "#", first != ";" else { continue }
            if first == "[", !isIndented {
                guard let end = content.firstIndex(of: "]") else { throw SyntaxError(line: index + 1) }
                let section = content[content.index(after: content.startIndex)..<end]
                profile = Self.profile(named: Self.trimmed(section), kind: kind)
                if let profile { profiles[profile] = profiles[profile] ?? [:] }
            } else if isIndented {
                // A property of a property (`s3 =` and lines below it): nothing here reads those.
                continue
            } else {
                guard let equals = content.firstIndex(of: "=") else { throw SyntaxError(line: index + 1) }
                let name = Self.trimmed(content[..<equals]).lowercased()
                let value = Self.withoutComment(content[content.index(after: equals)...])
                if let profile { profiles[profile]?[name] = value }
            }
        }
    }

    /// The profile that a section describes; nil for sections of another sort.
    private static func profile(named section: Substring, kind: Kind) -> String? {
        if kind == .credentials || section == "default" { return String(section) }
        let words = section.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        return words.count == 2 && words[0] == "profile" ? String(trimmed(words[1])) : nil
    }

    /// A comment inside a value begins with white space; a secret may hold a `#`.
    private static func withoutComment(_ value: Substring) -> String {
        var end = value.startIndex
        var previous: Character = " "
        while end < value.endIndex {
            if previous.isWhitespace, value[end] == "#" || value[end] == ";" { break }
            previous = value[end]
            end = value.index(after: end)
        }
        return String(trimmed(value[..<end]))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return start[...last]
    }
}
