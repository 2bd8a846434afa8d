import HTTPMessages

/// A request target, taken apart: RFC 9112 §3.2.
struct RequestTarget: Equatable {
    var path: String
    var query: String?
    /// The authority of the absolute form, which stands above the Host field.
    var authority: String?

    /// Reads the origin form, the absolute form of `http` and `https`, and `*` for OPTIONS.
    ///
    /// The authority form belongs to CONNECT, which this server does not speak.
    init(_ octets: Span<UInt8>, method: HTTPMethod) throws(RequestRefusal) {
        for index in octets.indices where !OctetClass.target.contains(octets[index]) {
            throw .malformed("The request target holds an octet that is not allowed.")
        }
        var start = 0
        if let scheme = Self.schemeLength(octets) {
            var end = scheme
            while end < octets.count, octets[end] != UInt8(ascii: "/"), octets[end] != UInt8(ascii: "?") {
                guard OctetClass.host.contains(octets[end]) else {
                    throw .malformed("The request target has an invalid authority.")
                }
                end += 1
            }
            guard end > scheme else { throw .malformed("The request target has no authority.") }
            authority = String(octets: octets.extracting(scheme..<end))
            start = end
        }
        let rest = octets.extracting(start..<octets.count)
        var mark = 0
        while mark < rest.count, rest[mark] != UInt8(ascii: "?") { mark += 1 }
        path = String(octets: rest.extracting(0..<mark))
        query = mark < rest.count ? String(octets: rest.extracting(mark + 1..<rest.count)) : nil

        if authority != nil, path.isEmpty { path = method == .options && query == nil ? "*" : "/" }
        let isAsterisk = path == "*" && query == nil && method == .options
        guard isAsterisk || path.utf8.first == UInt8(ascii: "/") else {
            throw .malformed("The request target is neither a path nor a URL.")
        }
    }

    private static func schemeLength(_ octets: Span<UInt8>) -> Int? {
        if octets.hasLowercasedPrefix("http://") { return 7 }
        return octets.hasLowercasedPrefix("https://") ? 8 : nil
    }
}
