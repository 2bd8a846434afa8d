import FoundationEssentials
import HTTPMessages

/// Reads and writes JSON bodies.
enum JSON {
    /// A response with this value as its body.
    static func response(
        status: Int,
        _ value: some Encodable,
        contentType: String = "application/json"
    ) -> OutgoingResponse {
        var fields = HTTPFields()
        fields.append("content-type", contentType)
        do {
            return OutgoingResponse(status: status, fields: fields, body: .bytes(try encode(value)))
        } catch {
            // Our own values always encode; if one ever does not, say so instead of sending half an answer.
            return OutgoingResponse(status: 500)
        }
    }

    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value))
    }

    /// Larger bodies are decoded away from the event loop, which other clients wait for.
    private static let inlineLimit = 16 * 1024

    /// Decodes one JSON object strictly, without keeping the caller's executor busy when it is large.
    static func decodeAside<Value: Decodable & Sendable>(
        _ type: Value.Type,
        from bytes: [UInt8]
    ) async throws(Problem) -> Value {
        guard bytes.count > inlineLimit else { return try decode(type, from: bytes) }
        let result = await withTaskExecutorPreference(globalConcurrentExecutor) {
            Result { () throws(Problem) in try decode(type, from: bytes) }
        }
        return try result.get()
    }

    /// Decodes one JSON object strictly.
    ///
    /// Foundation's decoder accepts a byte order mark, UTF-16, trailing commas and repeated members, which RFC 8259
    /// forbids or leaves undefined; they are refused here. Members that `Value` does not name are its own to refuse.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(Problem) -> Value {
        guard JSONStrictness.namesAreShort(in: bytes) else { throw longName }
        let value: Value
        do {
            value = try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch let problem as Problem {
            throw problem
        } catch let error as DecodingError {
            throw Self.problem(of: error)
        } catch {
            throw malformed
        }
        var check = JSONStrictness()
        guard check.accepts(bytes) else { throw malformed }
        return value
    }

    static let malformed = Problem(
        status: 400,
        code: "malformed_json",
        detail: "The body must be one JSON object in UTF-8, as RFC 8259 defines it, without repeated members."
    )

    private static let longName = Problem(
        status: 400,
        code: "invalid_request",
        detail: "The names of members must not exceed \(JSONStrictness.nameLimit) bytes."
    )

    private static func problem(of error: DecodingError) -> Problem {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            guard let field = field(context.codingPath) else {
                return Problem(
                    status: 400,
                    code: "invalid_request",
                    detail: "The body must be a JSON object."
                )
            }
            return .invalid(field, "has the wrong type")
        case .keyNotFound(let key, let context):
            return .invalid(field(context.codingPath + [key]) ?? key.stringValue, "is required")
        case .dataCorrupted(let context):
            // With a path it is a value out of range; without one the text is no JSON.
            guard let field = field(context.codingPath) else { return malformed }
            return .invalid(field, "has a value that cannot be used")
        @unknown default: return malformed
        }
    }

    private static func field(_ path: [any CodingKey]) -> String? {
        guard !path.isEmpty else { return nil }
        return path.map { $0.intValue.map { "[\($0)]" } ?? printable($0.stringValue) }.joined(separator: ".")
            .replacing(".[", with: "[")
    }

    /// A client's field name, short and without control characters, so that it may be repeated in an answer.
    static func printable(_ name: String) -> String {
        let safe = name.unicodeScalars.prefix(64)
            .map { scalar in
                scalar.value < 0x20 || scalar.value == 0x7F ? "?" : Character(scalar)
            }
        return String(safe)
    }
}

/// Finds what Foundation's decoder lets through though strict JSON does not: runs after it, over the same bytes.
///
/// Not a parser: the decoder has accepted the text, so strings end and brackets match. It looks for trailing commas,
/// repeated members of an object, a byte order mark and NUL bytes (which UTF-16 has and UTF-8 JSON never does).
struct JSONStrictness {
    /// The names seen in each object that is open; nil for an array.
    ///
    /// Names are compared as the decoder's dictionary compares them: after escapes, canonical equivalents being equal.
    private var members: [Set<String>?] = []

    /// The longest name of a member in bytes, its escapes as they came.
    static let nameLimit = 512

    /// Whether no name is long enough to hurt: runs before the decoder.
    ///
    /// The decoder keeps names in dictionaries, which bring them into Unicode's normal form first, and for
    /// combining marks in turn that takes quadratic time: one name of 800 kB stopped the event loop for minutes.
    static func namesAreShort(in bytes: [UInt8]) -> Bool {
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\"") else {
                index += 1
                continue
            }
            let start = index + 1
            let end = endOfString(bytes, from: start)
            index = end + 1
            while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
            if index < bytes.count, bytes[index] == UInt8(ascii: ":"), end - start > nameLimit {
                return false
            }
        }
        return true
    }

    mutating func accepts(_ bytes: [UInt8]) -> Bool {
        guard bytes.first != 0xEF, bytes.first != 0xFE, bytes.first != 0xFF else { return false }
        var index = 0
        var previous: UInt8 = 0
        var lastString: ArraySlice<UInt8> = []
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0: return false
            case UInt8(ascii: "\""):
                let start = index + 1
                index = Self.endOfString(bytes, from: start)
                lastString = bytes[start..<min(index, bytes.count)]
            case UInt8(ascii: "{"): members.append([])
            case UInt8(ascii: "["): members.append(nil)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard previous != UInt8(ascii: ","), !members.isEmpty else { return false }
                members.removeLast()
            case UInt8(ascii: ":"):
                guard let depth = members.indices.last, let name = Self.name(lastString),
                    members[depth]?.insert(name).inserted == true
                else {
                    return false
                }
            default: break
            }
            if byte > 0x20 { previous = byte }
            index += 1
        }
        return true
    }

    /// The text between the quotes, its escapes resolved.
    private static func name(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        let quote = [UInt8(ascii: "\"")]
        do {
            return try JSONDecoder().decode(String.self, from: Data(quote + bytes + quote))
        } catch {
            return nil
        }
    }

    /// The index of the closing quote.
    private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return index
    }
}
