/// Links between the documents lead somewhere.
struct LinkRule {
    /// `anchors` gives the headings of a document, or nil when there is no such file.
    static func violations(in document: Document, anchors: (String) -> Set<String>?) -> [Violation] {
        var found: [Violation] = []
        for (index, line) in document.lines.enumerated() {
            for piece in line.components(between: "](", and: ")") where !piece.contains("://") {
                let parts = piece.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let target = parts[0].isEmpty ? document.path : resolve(String(parts[0]), from: document.path)
                let headings = anchors(target)
                let leads = headings.map { parts.count == 1 || $0.contains(String(parts[1])) } ?? false
                if !leads {
                    found.append(
                        Violation(path: document.path, line: index + 1, reason: "\(piece) leads nowhere")
                    )
                }
            }
        }
        return found
    }

    /// The path seen from the root of the repository.
    private static func resolve(_ link: String, from path: String) -> String {
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in link.split(separator: "/") where part != "." {
            if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }
}

/// Commands that documents tell people to type exist.
struct CommandRule {
    /// What stands before a command's name: `make `, `image-api `.
    let program: String
    let known: Set<String>

    func violations(in document: Document) -> [Violation] {
        document.code.flatMap { text, line in
            commands(in: text)
                .filter { !known.contains($0) }
                .map { Violation(path: document.path, line: line, reason: "there is no `\(program) \($0)`") }
        }
    }

    /// The words right behind the program's name, where that stands as a command or path of its own.
    private func commands(in text: String) -> [String] {
        let words = text.split { " \t;|&$()".contains($0) }.map(String.init)
        return words.indices.dropLast()
            .compactMap { index in
                guard words[index].split(separator: "/").last.map(String.init) == program else { return nil }
                let next = words[index + 1]
                return next.allSatisfy { $0.isLowercase || $0 == "-" } && next.first?.isLetter == true
                    ? next : nil
            }
    }

    /// The targets of a Makefile.
    static func targets(ofMakefile text: String) -> Set<String> {
        Set(
            text.split(separator: "\n")
                .compactMap { line in
                    let name = line.prefix { $0.isLowercase || $0 == "-" }
                    let rest = line.dropFirst(name.count)
                    return !name.isEmpty && rest.hasPrefix(":") && !rest.hasPrefix(":=") ? String(name) : nil
                }
        )
    }
}

extension StringProtocol {
    /// The pieces that stand between two marks.
    func components(between start: String, and end: Character) -> [String] {
        var found: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: start) {
            rest = rest[range.upperBound...]
            guard let close = rest.firstIndex(of: end) else { break }
            found.append(String(rest[..<close]))
            rest = rest[close...]
        }
        return found
    }
}
