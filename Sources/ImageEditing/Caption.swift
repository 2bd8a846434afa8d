/// A caption made fit to be drawn: one paragraph of printable characters, bounded in length.
///
/// What comes in is a prompt, and may be anything.
struct Caption: Equatable {
    /// More is never legible.
    static let characterLimit = 600
    /// Marks stacked on one letter; scripts use up to three.
    private static let marksPerCharacter = 4

    private(set) var characters: [Character]
    private(set) var isCut: Bool

    init(_ text: String) {
        var kept = String.UnicodeScalarView()
        var marks = 0
        var characters = 0
        var isCut = false
        for scalar in text.unicodeScalars {
            let properties = scalar.properties
            let isMark =
                properties.generalCategory == .nonspacingMark || properties.generalCategory == .enclosingMark
            marks = isMark ? marks + 1 : 0
            if marks > Self.marksPerCharacter { continue }
            if properties.isWhitespace {
                if kept.last != " ", !kept.isEmpty { kept.append(" ") }
            } else if Self.isPrintable(properties) {
                kept.append(scalar)
                characters += isMark ? 0 : 1
            }
            if characters > Self.characterLimit {
                isCut = true
                break
            }
        }
        self.characters = Array(String(kept)).dropLast(while: { $0 == " " })
        self.isCut = isCut
    }

    var isEmpty: Bool { characters.isEmpty }

    /// The first `count` characters.
    func cut(to count: Int) -> Caption {
        guard count < characters.count else { return self }
        var shorter = self
        shorter.characters = Array(characters.prefix(max(1, count))).dropLast(while: { $0 == " " })
        shorter.isCut = true
        return shorter
    }

    /// The text as Pango markup in which nothing is markup.
    var markup: String {
        var text = ""
        // By scalar: "<" with a mark on it is another character, and still opens a tag.
        for scalar in String(characters).unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return isCut ? text + "…" : text
    }

    /// Controls, surrogates and unassigned code points draw nothing, or boxes.
    ///
    /// Of the invisible ones only joiners and variation selectors matter to how a text looks; marks that turn the
    /// direction of what follows are left out.
    private static func isPrintable(_ properties: Unicode.Scalar.Properties) -> Bool {
        switch properties.generalCategory {
        case .control, .surrogate, .unassigned, .privateUse, .lineSeparator, .paragraphSeparator: false
        case .format: properties.isJoinControl
        default: true
        }
    }
}

extension Array {
    fileprivate func dropLast(while isDropped: (Element) -> Bool) -> [Element] {
        guard let last = lastIndex(where: { !isDropped($0) }) else { return [] }
        return Array(self[...last])
    }
}
