import Glibc

/// Looks at the markup before libxml2 does, for what it would spend long on or convert.
///
/// libxml2 2.9 compares every attribute of an element with every other, so that a hundred thousand of them
/// take many seconds, and it has no limit to set. It also follows whatever encoding a text declares.
/// Both are refused here, in one pass that stops at the first `<` out of place. The rest of well-formedness
/// is libxml2's to judge: it sees every text that passes.
enum XMLPrecheck {
    /// The most `=` in one t
    ///
    /// ag. AWS uses three or four.
    static let maximumAttributes = 64
    private static let declarationBytes = 256

    static func check(_ text: [UInt8]) throws(XMLError) {
        try checkEncoding(text)
        var position = 0
        while let start = find("<", in: text, from: position) {
            position = try end(ofMarkupAt: start, in: text)
        }
    }

    /// Where the tag, comment, CDATA section or instruction that begins at `start` is over.
    private static func end(ofMarkupAt start: Int, in text: [UInt8]) throws(XMLError) -> Int {
        let next = start + 1 < text.count ? text[start + 1] : 0
        switch next {
        case UInt8(ascii: "?"):
            return try end("?>", in: text, from: start + 2)
        case UInt8(ascii: "!"):
            if hasPrefix("<!--", text, at: start) { return try end("-->", in: text, from: start + 4) }
            if hasPrefix("<![CDATA[", text, at: start) { return try end("]]>", in: text, from: start + 9) }
            throw .documentType
        default:
            return try end(ofTagAt: start + 1, in: text)
        }
    }

    private static func end(ofTagAt start: Int, in text: [UInt8]) throws(XMLError) -> Int {
        var quote: UInt8?
        var attributes = 0
        for index in start..<text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "="):
                attributes += 1
                guard attributes <= maximumAttributes else {
                    throw .tooManyAttributes(limit: maximumAttributes)
                }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if quote == nil { quote = byte } else if quote == byte { quote = nil }
            case UInt8(ascii: ">") where quote == nil:
                return index + 1
            case UInt8(ascii: "<"):
                throw .malformed(code: 0)
            default:
                continue
            }
        }
        throw .malformed(code: 0)
    }

    private static func end(_ mark: StaticString, in text: [UInt8], from start: Int) throws(XMLError) -> Int {
        guard let found = find(mark, in: text, from: start) else { throw .malformed(code: 0) }
        return found + mark.utf8CodeUnitCount
    }

    // MARK: - Encoding

    /// Refuses what does not begin as UTF-8, and declarations that name another encoding.
    private static func checkEncoding(_ text: [UInt8]) throws(XMLError) {
        let start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        // In UTF-16 and UTF-32, with or without a mark, the first four bytes hold a zero or begin with 0xFE or 0xFF.
        guard let first = text.dropFirst(start).first, first < 0x80, !text.prefix(4).contains(0) else {
            throw text.isEmpty ? .malformed(code: 0) : .encoding
        }
        guard hasPrefix("<?xml", text, at: start) else { return }
        guard let end = find("?>", in: text, from: start), end - start < declarationBytes else {
            throw .malformed(code: 0)
        }
        let declaration = String(decoding: text[start..<end], as: UTF8.self)
        guard let encoding = declared("encoding", in: declaration) else { return }
        guard encoding.lowercased() == "utf-8" else { throw .encoding }
    }

    /// The quoted value of a name in `<?xml version="1.0" encoding="UTF-8"`.
    private static func declared(_ name: String, in declaration: String) -> Substring? {
        let words = declaration.split { $0 == "=" || $0.isWhitespace }
        guard let index = words.firstIndex(of: name[...]), index + 1 < words.count else { return nil }
        return words[index + 1].dropFirst().dropLast()
    }

    // MARK: - Bytes

    private static func hasPrefix(_ prefix: StaticString, _ text: [UInt8], at start: Int) -> Bool {
        let length = prefix.utf8CodeUnitCount
        guard start >= 0, text.count - start >= length else { return false }
        for offset in 0..<length where unsafe text[start + offset] != prefix.utf8Start[offset] {
            return false
        }
        return true
    }

    /// Where the mark is next, or nil.
    ///
    /// Looks for its last byte, which is the rarest: every mark but `<` ends with `>`.
    private static func find(_ mark: StaticString, in text: [UInt8], from start: Int) -> Int? {
        let length = mark.utf8CodeUnitCount
        let last = unsafe mark.utf8Start[length - 1]
        var position = start + length - 1
        while position < text.count {
            guard let found = index(of: last, in: text, from: position) else { return nil }
            if hasPrefix(mark, text, at: found - length + 1) { return found - length + 1 }
            position = found + 1
        }
        return nil
    }

    private static func index(of byte: UInt8, in text: [UInt8], from start: Int) -> Int? {
        unsafe text.withUnsafeBytes { bytes in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
            guard let base = rest.baseAddress, let found = unsafe memchr(base, Int32(byte), rest.count) else {
                return nil
            }
            return unsafe start + (UnsafeRawPointer(found) - base)
        }
    }
}
