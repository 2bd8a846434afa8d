/// One line of JSON being written, in memory that is used again for the next.
///
/// JSON is made by hand here and nowhere else: for a line of nine fields `JSONEncoder` took 7 µs and lost the order of
/// the fields, this takes 1.4 µs. The grammar needed is small: one flat object of texts, numbers and flags.
/// The tests read every kind of line back with `JSONDecoder`.
struct JSONLine {
    /// The longest line, its end included.
    ///
    /// At this length a pipe takes it whole or not at all.
    static let lengthLimit = 4_096
    /// The longest value as written, without quotes and ellipsis.
    static let valueLimit = 1_024
    /// Kept free for what follows the last field: `,"cut":true}` and the line end.
    private static let reserve = 16

    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(Self.lengthLimit) }

    /// Begins a line.
    mutating func start() { bytes.removeAll(keepingCapacity: true) }

    /// Begins a line behind one that was written in part.
    mutating func startAfterFragment() {
        start()
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Ends the line.
    mutating func end() { bytes.append(UInt8(ascii: "\n")) }

    /// Writes the object.
    ///
    /// Of fields with one name the last is written. A field that no longer fits is left out, and `cut` says so.
    mutating func append(_ record: LogRecord, time: TimeText, dropped: Int) {
        append(raw: "{\"time\":\"")
        bytes += time.utf8
        append(raw: "\",\"level\":\"")
        append(raw: record.level.name)
        append(raw: "\",\"message\":")
        append(text: record.message)
        if dropped > 0 { append(raw: ",\"dropped_lines\":\(dropped)") }
        var isCut = false
        let fields = record.fields
        for index in fields.indices
        where !fields[(index + 1)...].contains(where: { $0.name == fields[index].name }) {
            if !appendField(fields[index].name, fields[index].value) { isCut = true }
        }
        append(raw: isCut ? ",\"cut\":true}" : "}")
    }

    /// Writes one field and returns true, or leaves the line as it was.
    private mutating func appendField(_ name: String, _ value: LogValue) -> Bool {
        let before = bytes.count
        append(raw: ",")
        append(text: Self.isReserved(name) ? name + "_" : name)
        append(raw: ":")
        append(value)
        guard bytes.count > Self.lengthLimit - Self.reserve else { return true }
        bytes.removeSubrange(before...)
        return false
    }

    /// Whether the line itself uses this name.
    private static func isReserved(_ name: String) -> Bool {
        switch name {
        case "time", "level", "message", "cut", "dropped_lines": true
        default: false
        }
    }

    private mutating func append(_ value: LogValue) {
        switch value {
        case .text(let text): append(text: text)
        case .integer(let number): append(raw: number.description)
        // JSON has no infinities.
        case .number(let number): append(raw: number.isFinite ? number.description : "null")
        case .flag(let flag): append(raw: flag ? "true" : "false")
        }
    }

    private mutating func append(raw text: String) { bytes += text.utf8 }

    /// Writes a quoted text, cut with an ellipsis where it would be too long.
    private mutating func append(text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.count <= Self.valueLimit, text.utf8.allSatisfy(Self.isPlain) {
            append(raw: text)
        } else {
            append(escaping: text)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether the byte is a character that may stand as it is: nearly every text is made of these alone.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func append(escaping text: String) {
        let limit = bytes.count + Self.valueLimit
        for scalar in text.unicodeScalars {
            let before = bytes.count
            append(scalar)
            guard bytes.count > limit else { continue }
            bytes.removeSubrange(before...)
            append(raw: "…")
            return
        }
    }

    /// Writes a character, escaped if JSON demands it or if it could disturb whoever reads the log: control characters
    /// steer terminals, U+2028 and U+2029 end lines for some readers, direction marks reorder what is shown.
    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x22, 0x5C:
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(UInt8(scalar.value))
        case 0x20..<0x7F:
            bytes.append(UInt8(scalar.value))
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
            append(raw: "\\u")
            for shift in [12, 8, 4, 0] {
                let digit = UInt8(scalar.value >> UInt32(shift) & 0xF)
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        default:
            bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        }
    }
}

extension Log.Level {
    /// The level as lines and settings write it.
    package var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }
}
