/// How long files and functions may be.
///
/// Functions are found by their first word and measured by counting braces, so an initializer, a function inside a
/// function and a closure are all measured, the last two with what surrounds them. A computed property is not.
struct LengthRule {
    static let file = 500
    static let function = 70

    static func violations(in file: SourceFile) -> [Violation] {
        let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
        var found: [Violation] = []
        if count > Self.file {
            found.append(file.violation(line: count, "\(count) lines; \(Self.file) are allowed"))
        }
        for (index, line) in file.code.enumerated() where Declaration(line)?.isFunction == true {
            let length = length(ofFunctionAt: index, in: file.code)
            if length > function {
                found.append(
                    file.violation(line: index + 1, "function of \(length) lines; \(function) are allowed")
                )
            }
        }
        return found
    }

    /// The lines from the first word to the closing brace; 1 when there is no body, as in a protocol.
    private static func length(ofFunctionAt start: Int, in code: [String]) -> Int {
        var parentheses = 0
        var braces = 0
        for index in start..<code.count {
            if index > start, braces == 0, parentheses == 0, Declaration(code[index]) != nil { return 1 }
            for byte in code[index].utf8 {
                switch byte {
                case UInt8(ascii: "("): parentheses += 1
                case UInt8(ascii: ")"): parentheses -= 1
                case UInt8(ascii: "{") where parentheses == 0 || braces > 0: braces += 1
                case UInt8(ascii: "}") where braces > 0:
                    braces -= 1
                    if braces == 0 { return index - start + 1 }
                case UInt8(ascii: "}") where parentheses == 0: return 1
                default: break
                }
            }
        }
        return code.count - start
    }
}
