extension Span<UInt8> {
    /// Whether the octets, with `A`–`Z` in lower case, are exactly this text.
    func equalsLowercased(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && hasLowercasedPrefix(text)
    }

    /// Whether the octets, with `A`–`Z` in lower case, begin with this text.
    func hasLowercasedPrefix(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length else { return false }
        // A static string of the source: its pointer is valid for the whole run.
        let wanted = unsafe text.utf8Start
        for index in 0..<length where unsafe self[index].lowercased != wanted[index] { return false }
        return true
    }

    /// Where the octets are without blanks at both ends.
    var rangeWithoutBlanks: Range<Int> {
        var start = 0
        var end = count
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return start..<end
    }
}

extension [UInt8] {
    mutating func append(octets: Span<UInt8>) {
        unsafe octets.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

extension String {
    /// The octets as UTF-8; what is not UTF-8 becomes U+FFFD.
    init(octets: Span<UInt8>) {
        self = unsafe octets.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// A token with `A`–`Z` in lower case.
    init(lowercasedToken octets: Span<UInt8>) {
        self = unsafe octets.withUnsafeBufferPointer { source in
            unsafe String(unsafeUninitializedCapacity: source.count) { target in
                for index in source.indices {
                    unsafe target.initializeElement(at: index, to: source[index].lowercased)
                }
                return source.count
            }
        }
    }
}
