/// A URL's query in the form that is signed: every name and value encoded by one rule, sorted by encoded bytes.
///
/// What is encoded already is decoded first, so that `a%2fb`, `a%2Fb` and `a/b` are signed alike, as a service
/// that decodes and encodes again sees them. A bare `+` is a plus sign: callers write a space as `%20`.
enum CanonicalQuery {
    typealias Pair = (name: [UInt8], value: [UInt8])

    /// Names and values, encoded by AWS's rule, in the order sent; empty pieces (`a=1&&b=2`) are no parameters.
    static func pairs(of query: ArraySlice<UInt8>) -> [Pair] {
        query.split(separator: UInt8(ascii: "&"))
            .map { piece in
                let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
                return (encodedAnew(piece[..<equals]), encodedAnew(piece[equals...].dropFirst()))
            }
    }

    static func append(_ pairs: [Pair], to text: inout [UInt8]) {
        let sorted = pairs.sorted { left, right in
            left.name == right.name
                ? left.value.lexicographicallyPrecedes(right.value)
                : left.name.lexicographicallyPrecedes(right.name)
        }
        for (index, pair) in sorted.enumerated() {
            if index > 0 { text.append(UInt8(ascii: "&")) }
            text.append(contentsOf: pair.name)
            text.append(UInt8(ascii: "="))
            text.append(contentsOf: pair.value)
        }
    }

    private static func encodedAnew(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let escaped = PercentEncoding.unescapedByte(in: bytes, at: index)
            PercentEncoding.append(CollectionOfOne(escaped ?? bytes[index]), to: &encoded)
            index += escaped == nil ? 1 : 3
        }
        return encoded
    }
}
