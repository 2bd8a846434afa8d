/// Sets of ASCII octets, as two 64-bit masks: one test is a shift and an `and`, with no table in memory.
struct OctetClass {
    private let low: UInt64
    private let high: UInt64

    /// What a token is made of: `tchar` of RFC 9110 §5.6.2.
    static let token = OctetClass(low: 0x3FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)

    /// What a Host value is made of: `uri-host [ ":" port ]` of RFC 9110 §7.2, without the comma, so that two
    /// values joined by a proxy are not taken for one.
    static let host = OctetClass(low: 0x2FFF_6FF2_0000_0000, high: 0x47FF_FFFE_AFFF_FFFE)

    /// What a request target is made of: visible ASCII without `#`, which never goes over the wire
    /// (RFC 9112 §3.2).
    static let target = OctetClass(low: 0xFFFF_FFF6_0000_0000, high: 0x7FFF_FFFF_FFFF_FFFF)

    func contains(_ octet: UInt8) -> Bool {
        switch octet {
        case 0..<64: low >> UInt64(octet) & 1 == 1
        case 64..<128: high >> UInt64(octet - 64) & 1 == 1
        default: false
        }
    }
}

extension UInt8 {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let comma: UInt8 = 0x2C
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B

    var isBlank: Bool { self == .space || self == .tab }

    /// Whether it may stand in a field value: RFC 9110 §5.5, obsolete octets above 0x7F included.
    var isFieldContent: Bool { self >= .space ? self != 0x7F : self == .tab }

    var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self + 0x20 : self }

    /// The value of a hexadecimal digit.
    var hexadecimalValue: Int? {
        switch self {
        case 0x30...0x39: Int(self) - 0x30
        case 0x41...0x46: Int(self) - 0x37
        case 0x61...0x66: Int(self) - 0x57
        default: nil
        }
    }
}
