/// Tells code, comments and texts apart.
///
/// It knows line comments, nested block comments, texts on one and several lines with any number of `#`, and
/// interpolations, whose insides are code. It does not know regex literals: one that holds a quote confuses it.
struct SwiftScanner {
    private enum Part: Equatable {
        case code
        case comment
        /// The inside of a text.
        case text
    }

    /// Where the scanner is inside of: the innermost comes last.
    private enum Place {
        case blockComment
        case text(hashes: Int, isMultiline: Bool)
        case interpolation(parentheses: Int)
    }

    private let input: [UInt8]
    private var position = 0
    private var places: [Place] = []
    private var parts: [Part] = []

    private init(_ text: String) { input = Array(text.utf8) }

    /// The text twice: once with only its code left, once with only its comments; the rest blanked.
    static func split(_ text: String) -> (code: String, comments: String) {
        var scanner = SwiftScanner(text)
        while scanner.position < scanner.input.count {
            if !scanner.takePlain() { scanner.step() }
        }
        return (scanner.only(.code), scanner.only(.comment))
    }

    private func only(_ wanted: Part) -> String {
        let newline = UInt8(ascii: "\n")
        let bytes = input.indices.map {
            parts[$0] == wanted || input[$0] == newline ? input[$0] : UInt8(ascii: " ")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Takes a byte that means the same wherever it stands, which nearly all do; false when this one does not.
    private mutating func takePlain() -> Bool {
        switch input[position] {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: " "):
            parts.append(part)
            position += 1
            return true
        default: return false
        }
    }

    /// What plain bytes are here.
    private var part: Part {
        switch places.last {
        case .blockComment: .comment
        case .text: .text
        case .interpolation, nil: .code
        }
    }

    private mutating func step() {
        switch places.last {
        case .blockComment: stepInBlockComment()
        case .text(let hashes, let isMultiline): stepInText(hashes: hashes, isMultiline: isMultiline)
        case .interpolation(let parentheses): stepInCode(parentheses: parentheses)
        case nil: stepInCode(parentheses: nil)
        }
    }

    private mutating func stepInBlockComment() {
        if sees("*/") {
            take(2, as: .comment)
            places.removeLast()
        } else if sees("/*") {
            take(2, as: .comment)
            places.append(.blockComment)
        } else {
            take(1, as: .comment)
        }
    }

    private mutating func stepInText(hashes: Int, isMultiline: Bool) {
        let marks = String(repeating: "#", count: hashes)
        let quote = (isMultiline ? "\"\"\"" : "\"") + marks
        if sees(quote) {
            take(quote.utf8.count, as: .code)
            places.removeLast()
        } else if sees("\\" + marks + "(") {
            take(hashes + 2, as: .code)
            places.append(.interpolation(parentheses: 0))
        } else if sees("\\" + marks) {
            take(hashes + 2, as: .text)
        } else {
            take(1, as: .text)
        }
    }

    /// `parentheses` are those open inside an interpolation; nil outside of one.
    private mutating func stepInCode(parentheses: Int?) {
        if sees("//") {
            while position < input.count, input[position] != UInt8(ascii: "\n") { take(1, as: .comment) }
        } else if sees("/*") {
            take(2, as: .comment)
            places.append(.blockComment)
        } else if startText() {
            return
        } else if let parentheses {
            stepInInterpolation(parentheses: parentheses)
        } else {
            take(1, as: .code)
        }
    }

    private mutating func stepInInterpolation(parentheses: Int) {
        let byte = input[position]
        take(1, as: .code)
        guard byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")") else { return }
        places.removeLast()
        if byte == UInt8(ascii: "(") {
            places.append(.interpolation(parentheses: parentheses + 1))
        } else if parentheses > 0 {
            places.append(.interpolation(parentheses: parentheses - 1))
        }
    }

    /// Takes the opening of a text, if one opens here.
    private mutating func startText() -> Bool {
        var hashes = 0
        while position + hashes < input.count, input[position + hashes] == UInt8(ascii: "#") { hashes += 1 }
        guard position + hashes < input.count, input[position + hashes] == UInt8(ascii: "\"") else {
            return false
        }
        take(hashes, as: .code)
        let isMultiline = sees("\"\"\"")
        take(isMultiline ? 3 : 1, as: .code)
        places.append(.text(hashes: hashes, isMultiline: isMultiline))
        return true
    }

    private func sees(_ text: String) -> Bool {
        // Nearly every byte ends the comparison here.
        text.utf8.first == input[position] && input[position...].starts(with: text.utf8)
    }

    private mutating func take(_ count: Int, as part: Part) {
        for _ in 0..<min(count, input.count - position) {
            parts.append(part)
            position += 1
        }
    }
}
