/// The characters that XML 1.0 can hold, even escaped.
enum XMLCharacters {
    /// Whether the text has no character but
    /// `#x9 | #xA | #xD | #x20–#xD7FF | #xE000–#xFFFD | #x10000–#x10FFFF`.
    static func areAllowed(in text: String) -> Bool {
        var (previous, beforePrevious): (UInt8, UInt8) = (0, 0)
        for byte in text.utf8 {
            if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D { return false }
            // U+FFFE and U+FFFF. A Swift string holds no surrogates.
            if beforePrevious == 0xEF, previous == 0xBF, byte >= 0xBE { return false }
            (beforePrevious, previous) = (previous, byte)
        }
        return true
    }
}
