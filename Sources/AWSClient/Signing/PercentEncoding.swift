/// Percent-encoding as AWS asks for it: every byte but the unreserved ones, with upper-case digits.
package enum PercentEncoding {
    /// `A-Z a-z 0-9 - . _ ~` (RFC 3986 §2.3).
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Appends a byte in its `%XX` form.
    static func appendEscape(_ byte: UInt8, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "%"))
        text.append(upperCaseDigit(byte >> 4))
        text.append(upperCaseDigit(byte & 0xF))
    }

    /// Appends bytes, encoded; `/` is left as it is where it separates path segments.
    package static func append(
        _ bytes: some Sequence<UInt8>,
        keepingSlash: Bool = false,
        to text: inout [UInt8]
    ) {
        for byte in bytes {
            if isUnreserved(byte) || (keepingSlash && byte == UInt8(ascii: "/")) {
                text.append(byte)
            } else {
                appendEscape(byte, to: &text)
            }
        }
    }

    /// The text with every byte encoded that is not unreserved.
    package static func encode(_ text: String, keepingSlash: Bool = false) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        append(text.utf8, keepingSlash: keepingSlash, to: &encoded)
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The byte that `%XX` at this index stands for; nil when there is no such escape.
    static func unescapedByte(in bytes: ArraySlice<UInt8>, at index: Int) -> UInt8? {
        guard bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.endIndex,
            let high = value(of: bytes[index + 1]), let low = value(of: bytes[index + 2])
        else { return nil }
        return high << 4 | low
    }

    private static func upperCaseDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
