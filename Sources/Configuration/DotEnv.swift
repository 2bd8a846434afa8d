/// Reads the `.env` format: `NAME=value` lines, `#` comments, optional `export`, single or double quotes.
package enum DotEnv {
    /// A line that is none of these, by its number counted from 1.
    package struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
        package let line: Int

        package init(line: Int) { self.line = line }

        package var description: String { "line \(line) is not NAME=value" }
    }

    /// The variables of the text; a later line wins over an earlier one.
    package static func parse(_ text: String) throws(Failure) -> [String: String] {
        var values: [String: String] = [:]
        for (index, line) in lines(text).enumerated() {
            let line = trimmed(line)
            if line.isEmpty || line.hasPrefix("#") { continue }
            let assignment = line.hasPrefix("export ") ? trimmed(line.dropFirst(7)) : line
            guard let equals = assignment.firstIndex(of: "="), isName(assignment[..<equals]) else {
                throw Failure(line: index + 1)
            }
            guard let value = value(trimmed(assignment[assignment.index(after: equals)...])) else {
                throw Failure(line: index + 1)
            }
            values[String(assignment[..<equals])] = value
        }
        return values
    }

    private static func lines(_ text: String) -> [Substring] {
        // By characters, because a carriage return and a line feed are one.
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// Takes quotes off; a value without quotes ends at a comment.
    ///
    /// Nil when a quote does not end.
    private static func value(_ text: Substring) -> String? {
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            var end = text.endIndex
            var previous: Character = " "
            for index in text.indices {
                if text[index] == "#", previous == " " || previous == "\t" {
                    end = index
                    break
                }
                previous = text[index]
            }
            return String(trimmed(text[..<end]))
        }
        let rest = text.dropFirst()
        guard let end = rest.firstIndex(of: quote) else { return nil }
        let after = trimmed(rest[rest.index(after: end)...])
        guard after.isEmpty || after.hasPrefix("#") else { return nil }
        return String(rest[..<end])
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }
        let start = text.firstIndex { !isBlank($0) } ?? text.endIndex
        guard let last = text.lastIndex(where: { !isBlank($0) }) else { return text[text.endIndex...] }
        return text[start...last]
    }
}
