/// A Markdown document.
struct Document {
    let path: String
    let lines: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Each piece of code with its line: what stands between backticks, and the lines of fenced blocks.
    var code: [(text: String, line: Int)] {
        var found: [(text: String, line: Int)] = []
        var isInFence = false
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                isInFence.toggle()
            } else if isInFence {
                found.append((line, index + 1))
            } else {
                let pieces = line.split(separator: "`", omittingEmptySubsequences: false)
                for (number, piece) in pieces.enumerated() where number % 2 == 1 {
                    found.append((String(piece), index + 1))
                }
            }
        }
        return found
    }

    /// The rows of all tables, each as its cells.
    var tableRows: [[String]] {
        lines.filter { $0.hasPrefix("|") }
            .map { row in
                row.split(separator: "|", omittingEmptySubsequences: false)
                    .dropFirst()
                    .dropLast()
                    .map { $0.trimmed }
            }
    }

    /// The names by which links reach the headings.
    var anchors: Set<String> {
        var isInFence = false
        var found: Set<String> = []
        for line in lines {
            if line.hasPrefix("```") { isInFence.toggle() }
            guard !isInFence, line.hasPrefix("#") else { continue }
            let title = line.drop { $0 == "#" }.trimmed.lowercased()
            found.insert(
                String(
                    title.compactMap {
                        $0 == " " ? "-" : $0.isLetter || $0.isNumber || "-_".contains($0) ? $0 : nil
                    }
                )
            )
        }
        return found
    }
}

extension StringProtocol {
    /// Without the spaces at both ends.
    var trimmed: String {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(start[...end])
    }

    /// The parts between backticks.
    var quoted: [String] {
        split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }
            .map { String($0.element) }
    }
}
