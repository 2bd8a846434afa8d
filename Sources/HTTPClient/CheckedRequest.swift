import HTTPMessages

/// A request that can be put on the wire as it stands: parsed once, nothing in it can split a line.
struct CheckedRequest: Sendable, Equatable {
    let method: HTTPMethod
    let url: String
    /// Scheme, host and port in lower case: what a connection may be shared by.
    let origin: String
    let fields: [HTTPFields.Field]
    let body: [UInt8]

    /// Longer URLs are refused; signed URLs stay far below.
    static let urlBytes = 16 * 1024

    init(_ request: HTTPRequest) throws(HTTPTransportError) {
        try Self.check(method: request.method, body: request.body)
        origin = try Self.origin(of: request.url)
        var fields: [HTTPFields.Field] = []
        fields.reserveCapacity(request.fields.fields.count)
        for field in request.fields.fields {
            try Self.check(field)
            switch field.name {
            case "content-length":
                // The body's own length is sent; a different one would break the framing.
                guard Int(field.value) == request.body.count else {
                    throw .invalidRequest(reason: "Content-Length is not the body's length")
                }
            case "transfer-encoding":
                throw .invalidRequest(reason: "Transfer-Encoding is not the caller's to choose")
            default:
                fields.append(field)
            }
        }
        method = request.method
        url = request.url
        self.fields = fields
        body = request.body
    }

    /// Whether sending it a second time changes nothing (RFC 9110 §9.2.2).
    var isIdempotent: Bool {
        switch method {
        case .get, .head, .put, .delete, .options: true
        default: false
        }
    }

    func has(_ name: String) -> Bool { fields.contains { $0.name == name } }

    // MARK: - Checks

    private static func check(method: HTTPMethod, body: [UInt8]) throws(HTTPTransportError) {
        guard isToken(method.rawValue), method.rawValue != "CONNECT" else {
            throw .invalidRequest(reason: "the method cannot be sent")
        }
        guard method != .head || body.isEmpty else {
            throw .invalidRequest(reason: "HEAD has no body")
        }
    }

    private static func check(_ field: HTTPFields.Field) throws(HTTPTransportError) {
        guard isToken(field.name) else {
            throw .invalidRequest(reason: "a field name has characters that cannot be sent")
        }
        guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
            throw .invalidRequest(reason: "a field value has control characters")
        }
    }

    private static func origin(of url: String) throws(HTTPTransportError) -> String {
        let bytes = url.utf8
        guard bytes.count <= urlBytes else { throw .invalidRequest(reason: "the URL is too long") }
        // A backslash is where parsers disagree about the end of the host.
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) else {
            throw .invalidRequest(reason: "the URL has characters that cannot be sent")
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8)
        else { throw .invalidRequest(reason: "the URL is not absolute") }
        let scheme = url[..<colon].lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw .invalidRequest(reason: "the URL is neither http nor https")
        }
        let authority = bytes[bytes.index(colon, offsetBy: 3)...]
            .prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard let first = authority.first, first != UInt8(ascii: ":") else {
            throw .invalidRequest(reason: "the URL has no host")
        }
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw .invalidRequest(reason: "the URL has user information")
        }
        return scheme + "://" + String(Substring(authority)).lowercased()
    }

    /// The characters of names and methods (RFC 9110 §5.6.2).
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
