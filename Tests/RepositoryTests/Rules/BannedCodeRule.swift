/// What no source says.
struct BannedCodeRule {
    private static let banned = ["try!", "as!", "fatalError(", "Task.detached", "URLSession"]
    /// What needs its reason beside it: on its line or the one before or after.
    private static let explained = ["try?", "catch {}", "catch { }"]

    static func violations(in file: SourceFile) -> [Violation] {
        var found: [Violation] = []
        for (index, line) in file.code.enumerated() {
            for word in banned where line.contains(word) {
                found.append(file.violation(line: index + 1, "\(word) is not used here"))
            }
            for word in explained where line.contains(word) && !isExplained(index, in: file) {
                found.append(
                    file.violation(line: index + 1, "\(word) needs a comment that says why it is right")
                )
            }
        }
        return found
    }

    private static func isExplained(_ index: Int, in file: SourceFile) -> Bool {
        file.comments[max(0, index - 1)...min(index + 1, file.comments.count - 1)]
            .contains { !$0.trimmed.isEmpty }
    }
}

/// Programs are started by `ChildProcess`: Foundation's `Process` hands on the descriptors and blocked signals of
/// whatever else runs at the moment, and crashes where very many descriptors are open.
struct ProcessRule {
    static func violations(in file: SourceFile) -> [Violation] {
        file.code.enumerated()
            .compactMap { index, line in
                let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
                return words.contains("Process")
                    ? file.violation(line: index + 1, "ChildProcess takes the place of Process") : nil
            }
    }
}

/// Comments that promise work name the issue that tracks it: `#12`.
struct PromiseRule {
    private static let words = ["TODO", "FIXME", "XXX", "HACK"]

    static func violations(in file: SourceFile) -> [Violation] {
        file.comments.enumerated()
            .compactMap { index, line in
                let promises = line.split { !$0.isLetter }.contains { words.contains(String($0)) }
                let issue = line.split(separator: "#").dropFirst().contains { $0.first?.isNumber == true }
                return promises && !issue ? file.violation(line: index + 1, "names no issue") : nil
            }
    }
}

/// Files are named for what is in them.
struct NameRule {
    private static let files = [
        "Util", "Utils", "Utilities", "Helper", "Helpers", "Common", "Manager", "Misc",
    ]
    private static let folders = ["New", "Old", "Deprecated", "Legacy"]

    static func violations(in path: String) -> [Violation] {
        let parts = path.split(separator: "/").map(String.init)
        guard let last = parts.last else { return [] }
        let stem = String(last.prefix { $0 != "." })
        let isBadFile = words(stem).contains { files.contains($0) }
        let isBadFolder = parts.dropLast().contains { folders.contains($0) || files.contains($0) }
        return isBadFile || isBadFolder
            ? [Violation(path: path, line: 1, reason: "the name says nothing")] : []
    }

    /// `CurlTransfer+Utils` → `Curl`, `Transfer`, `Utils`.
    private static func words(_ stem: String) -> [String] {
        var words: [String] = []
        for character in stem {
            if character.isLetter, !character.isUppercase, !words.isEmpty {
                words[words.count - 1].append(character)
            } else {
                words.append(String(character))
            }
        }
        return words
    }
}
