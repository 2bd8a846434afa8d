import HTTPMessages

/// Reads one request head, strictly: whatever is not plainly RFC 9112 is refused, because two readers that
/// disagree about a message are how requests are smuggled.
///
/// A pure machine: it is shown all octets since the start of the head, again and longer each time, and
/// remembers how far it came, so no octet is looked for its line's end twice.
/// Places: `start` (one empty line is forgiven) → `requestLine` → `fields` → the head is complete.
struct HeadParser {
    private enum Place {
        case start
        case requestLine
        case fields
    }

    private let limits: HTTPServerLimits
    private var place = Place.start
    private var lineStart = 0
    private var scanned = 0
    private var head = RequestHead()
    private var rules = FieldRules()

    init(limits: HTTPServerLimits) { self.limits = limits }

    /// The head and how many octets it took, or nil when more are needed.
    mutating func parse(_ input: Span<UInt8>) throws(RequestRefusal) -> (head: RequestHead, length: Int)? {
        while let line = try nextLine(input) {
            switch place {
            case .start where line.isEmpty:
                place = .requestLine
            case .start, .requestLine:
                try readRequestLine(input.extracting(line))
                place = .fields
            case .fields where line.isEmpty:
                return (try rules.finish(head), lineStart)
            case .fields:
                try readField(input.extracting(line))
            }
        }
        return nil
    }

    /// The next line without its CRLF.
    ///
    /// Controls are refused as they come, so a TLS handshake sent to this port is
    /// answered at once instead of waiting for a line's end.
    private mutating func nextLine(_ input: Span<UInt8>) throws(RequestRefusal) -> Range<Int>? {
        while scanned < input.count {
            let octet = input[scanned]
            if octet.isFieldContent {
                scanned += 1
                continue
            }
            guard octet == .carriageReturn else {
                throw .malformed("The request head holds a control octet.")
            }
            guard scanned + 1 < input.count else { break }
            guard input[scanned + 1] == .lineFeed else {
                throw .malformed("The request head holds CR without LF.")
            }
            let line = lineStart..<scanned
            scanned += 2
            lineStart = scanned
            try checkLength(of: line)
            return line
        }
        try checkLength(of: lineStart..<scanned)
        return nil
    }

    private func checkLength(of line: Range<Int>) throws(RequestRefusal) {
        // Method, two spaces and version fit into what is added to the target.
        if place != .fields, line.count > limits.targetBytes + Self.longestMethod + 10 {
            throw .targetTooLong
        }
        if line.upperBound > limits.headBytes { throw .headTooLarge }
    }

    private static let longestMethod = 24

    private mutating func readRequestLine(_ line: Span<UInt8>) throws(RequestRefusal) {
        var end = 0
        while end < line.count, OctetClass.token.contains(line[end]) { end += 1 }
        guard end > 0, end <= Self.longestMethod, end < line.count, line[end] == .space else {
            throw .malformed("The request line has no valid method.")
        }
        head.method = HTTPMethod(rawValue: String(octets: line.extracting(0..<end)))

        let targetStart = end + 1
        end = targetStart
        while end < line.count, line[end] != .space { end += 1 }
        guard end > targetStart, end < line.count else {
            throw .malformed("The request line has no target or no version.")
        }
        guard end - targetStart <= limits.targetBytes else { throw .targetTooLong }
        // The version first: what speaks another version may mean another kind of target, too.
        try readVersion(line.extracting(end + 1..<line.count))
        let target = try RequestTarget(line.extracting(targetStart..<end), method: head.method)
        head.path = target.path
        head.query = target.query
        rules.authority = target.authority
    }

    private mutating func readVersion(_ version: Span<UInt8>) throws(RequestRefusal) {
        let prefix: StaticString = "HTTP/"
        var isWellFormed =
            version.count == 8 && version[5].isDigit && version[6] == UInt8(ascii: ".") && version[7].isDigit
        for index in 0..<5 where isWellFormed {
            isWellFormed = unsafe version[index] == prefix.utf8Start[index]
        }
        guard isWellFormed else { throw .malformed("The request line has no valid version.") }
        guard version[5] == UInt8(ascii: "1"), version[7] <= UInt8(ascii: "1") else {
            throw .versionUnsupported
        }
        head.isVersion10 = version[7] == UInt8(ascii: "0")
    }

    private mutating func readField(_ line: Span<UInt8>) throws(RequestRefusal) {
        var colon = 0
        while colon < line.count, OctetClass.token.contains(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == .colon else {
            throw .malformed("A header field has no valid name.")
        }
        guard head.fields.fields.count < limits.fieldCount else { throw .tooManyFields }
        let name = String(lowercasedToken: line.extracting(0..<colon))
        let rest = line.extracting(colon + 1..<line.count)
        let value = rest.extracting(rest.rangeWithoutBlanks)
        try rules.note(name, value)
        head.fields.append(lowercased: name, String(octets: value))
    }
}
