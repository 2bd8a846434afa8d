/// The name of a job: a UUID of version 7 (RFC 9562 §5.7), so ids sort by the time they were made.
///
/// It holds 74 random bits, which makes it an unguessable capability: who knows the id may read the result.
package struct JobID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    /// An id from its 128 bits, as a store keeps them.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id for this millisecond with these random bits.
    package init(millisecondsSinceEpoch: UInt64, random: (UInt64, UInt64)) {
        high = millisecondsSinceEpoch << 16 | 0x7000 | random.0 & 0x0FFF
        low = 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
    }

    /// The id written in the one canonical form: 36 characters, lower case, with hyphens.
    ///
    /// Nil for anything else.
    package init?(_ text: some StringProtocol) {
        var bits: (UInt64, UInt64) = (0, 0)
        var count = 0
        for byte in text.utf8 {
            if count == 8 || count == 13 || count == 18 || count == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                count += 1
                continue
            }
            guard count < 36, let digit = Self.digit(byte) else { return nil }
            bits = (bits.0 << 4 | bits.1 >> 60, bits.1 << 4 | UInt64(digit))
            count += 1
        }
        guard count == 36 else { return nil }
        self.init(high: bits.0, low: bits.1)
    }

    package var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { text.append(UInt8(ascii: "-")) }
            let word = nibble < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - nibble % 16 * 4) & 0xF)
            text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
        return String(decoding: text, as: UTF8.self)
    }

    package static func < (left: JobID, right: JobID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
