/// Checks `;name`, `;name=token` and `;name="quoted"`, any number of them, octet by octet: RFC 9112 §7.1.1.
///
/// Blanks, which the grammar tolerates only as "bad whitespace", are refused.
struct ChunkExtensionChecker {
    private enum State {
        /// After `;`.
        case nameStart
        case name
        /// After `=`.
        case valueStart
        case token
        case quoted
        /// After `\` inside quotes.
        case escaped
        /// After the closing quote.
        case quoteEnd
    }

    private var state = State.nameStart

    var mayEnd: Bool { state == .name || state == .token || state == .quoteEnd }

    /// Whether the octet may stand here.
    mutating func accept(_ octet: UInt8) -> Bool {
        switch (state, octet) {
        case (.name, .semicolon), (.token, .semicolon), (.quoteEnd, .semicolon): state = .nameStart
        case (.name, UInt8(ascii: "=")): state = .valueStart
        case (.valueStart, UInt8(ascii: "\"")): state = .quoted
        case (.quoted, UInt8(ascii: "\"")): state = .quoteEnd
        case (.quoted, UInt8(ascii: "\\")): state = .escaped
        case (.quoted, _): return octet.isFieldContent
        case (.escaped, _):
            state = .quoted
            return octet.isFieldContent
        case (.nameStart, _), (.name, _):
            state = .name
            return OctetClass.token.contains(octet)
        case (.valueStart, _), (.token, _):
            state = .token
            return OctetClass.token.contains(octet)
        case (.quoteEnd, _): return false
        }
        return true
    }
}
