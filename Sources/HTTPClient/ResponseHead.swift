import HTTPMessages

/// The head of a response, put together from the lines curl hands over one by one.
///
/// Interim responses (1xx) are forgotten when the next status line comes; trailers are not kept.
struct ResponseHead: Sendable, Equatable {
    private(set) var status = 0
    private(set) var fields = HTTPFields()
    private var bytes = 0
    /// Whether the line that ends the head of a final response came.
    private(set) var isComplete = false
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// The declared length of the body, when there is a believable one.
    var contentLength: Int? { fields["content-length"].flatMap { Int($0) } }

    /// Whether one length at most was declared, in digits.
    ///
    /// An answer with two would end where the last one says: RFC 9112 §6.3 has it dropped instead.
    var hasSoundLength: Bool {
        let lengths = fields.values("content-length")
        return lengths.allSatisfy { length in
            length == lengths[0] && !length.isEmpty
                && length.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
    }

    /// Takes one line with its ending; false once more bytes came than are accepted.
    mutating func take(line: [UInt8]) -> Bool {
        bytes += line.count
        guard bytes <= limit else { return false }
        let text = Self.trimmed(line[...])
        if line.starts(with: "HTTP/".utf8) {
            status = Self.status(of: text)
            fields = HTTPFields()
            isComplete = false
        } else if text.isEmpty {
            isComplete = status >= 200
        } else if !isComplete, let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            let name = String(decoding: text[..<colon], as: UTF8.self)
            let value = Self.trimmed(text[(colon + 1)...])
            fields.append(name, String(decoding: value, as: UTF8.self))
        }
        return true
    }

    private static func status(of line: ArraySlice<UInt8>) -> Int {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return 0 }
        let digits = line[(space + 1)...].prefix(3)
        return Int(String(decoding: digits, as: UTF8.self)) ?? 0
    }

    private static func trimmed(
        _ bytes: ArraySlice<UInt8>
    ) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a }
        var rest = bytes
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        while let first = rest.first, isBlank(first) { rest.removeFirst() }
        return rest
    }
}
