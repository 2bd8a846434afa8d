/// The parts of an absolute URL that a signature covers.
struct SigningTarget {
    /// As the `Host` field names it: with a port only when it is not the scheme's own.
    let host: ArraySlice<UInt8>
    /// Percent-encoded; empty or beginning with `/`.
    let path: ArraySlice<UInt8>
    /// Percent-encoded, without `?`; nil when the URL has none.
    let query: ArraySlice<UInt8>?

    init(_ url: String) throws(AWSError) {
        let bytes = Array(url.utf8)
        let defaultPort: [UInt8]
        let start: Int
        if bytes.starts(with: Self.https) {
            (start, defaultPort) = (Self.https.count, Self.httpsPort)
        } else if bytes.starts(with: Self.http) {
            (start, defaultPort) = (Self.http.count, Self.httpPort)
        } else {
            throw .invalidArgument(reason: "the URL begins with neither https:// nor http://")
        }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw .invalidArgument(reason: "the URL holds a space, a control character or a fragment")
        }
        let rest = bytes[start...]
        let questionMark = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        let slash = rest[..<questionMark].firstIndex(of: UInt8(ascii: "/")) ?? questionMark
        var host = rest[..<slash]
        if host.count > defaultPort.count, host.suffix(defaultPort.count).elementsEqual(defaultPort) {
            host = host.dropLast(defaultPort.count)
        }
        guard !host.isEmpty, !host.contains(UInt8(ascii: "@")) else {
            throw .invalidArgument(reason: "the URL has no host, or a user name")
        }
        self.host = host
        path = rest[slash..<questionMark]
        query = questionMark < rest.endIndex ? rest[(questionMark + 1)...] : nil
    }

    private static let https = Array("https://".utf8)
    private static let http = Array("http://".utf8)
    private static let httpsPort = Array(":443".utf8)
    private static let httpPort = Array(":80".utf8)
}
