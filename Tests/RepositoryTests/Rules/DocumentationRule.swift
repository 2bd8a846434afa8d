/// Types and functions that other modules see say what they are for.
///
/// A function that a protocol of ours asks for is documented there. Properties and initializers are asked for
/// by review only: most say with their name and type all there is to say.
struct DocumentationRule {
    /// The functions that protocols ask for, and those of the standard library's protocols.
    private let documentedElsewhere: Set<String>

    init(_ files: [SourceFile]) {
        var names: Set<String> = [
            "appendLiteral", "checkIsolated", "encode", "enqueue", "hash", "isIsolatingCurrentContext",
            "makeAsyncIterator",
            "makeIterator", "next",
        ]
        for file in files {
            var protocolIndent: Int?
            for line in file.code {
                let indent = line.prefix { $0 == " " }.count
                if let outer = protocolIndent, indent <= outer, line.trimmed.hasPrefix("}") {
                    protocolIndent = nil
                }
                guard let declaration = Declaration(line) else { continue }
                if declaration.keyword == "protocol", !line.contains("}") { protocolIndent = indent }
                if protocolIndent != nil, declaration.keyword == "func" { names.insert(declaration.name) }
            }
        }
        documentedElsewhere = names
    }

    func violations(in file: SourceFile) -> [Violation] {
        file.code.enumerated()
            .compactMap { index, line in
                guard let declaration = Declaration(line), declaration.isShared, needsComment(declaration),
                    !hasComment(above: index, in: file)
                else { return nil }
                return file.violation(line: index + 1, "\(declaration.name) has no documentation comment")
            }
    }

    private func needsComment(_ declaration: Declaration) -> Bool {
        if declaration.isType { return true }
        let isOperator = declaration.name.first.map { !$0.isLetter && $0 != "_" } ?? true
        return declaration.keyword == "func" && !isOperator && !documentedElsewhere.contains(declaration.name)
    }

    /// Whether a documentation comment ends right above, attributes between them.
    private func hasComment(above index: Int, in file: SourceFile) -> Bool {
        var line = index - 1
        while line >= 0, file.lines[line].trimmed.hasPrefix("@") { line -= 1 }
        return line >= 0 && file.comments[line].trimmed.hasPrefix("///")
    }
}
