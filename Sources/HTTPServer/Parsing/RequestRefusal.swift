/// Why a request is answered by the server itself, without asking the responder.
enum RequestRefusal: Error, Equatable {
    /// Not plainly RFC 9112; the text is a constant that says what was wrong.
    case malformed(String)
    /// The head did not arrive in time.
    case timedOut
    case targetTooLong
    /// A `Content-Encoding` that nobody here decodes.
    case contentEncoded
    case expectationUnknown
    case headTooLarge
    case tooManyFields
    /// A transfer coding other than `chunked`.
    case transferCodingUnknown
    case versionUnsupported

    var status: Int {
        switch self {
        case .malformed: 400
        case .timedOut: 408
        case .targetTooLong: 414
        case .contentEncoded: 415
        case .expectationUnknown: 417
        case .headTooLarge, .tooManyFields: 431
        case .transferCodingUnknown: 501
        case .versionUnsupported: 505
        }
    }

    /// The machine-readable name in the answer.
    var code: String {
        switch self {
        case .malformed: "malformed_request"
        case .timedOut: "request_timeout"
        case .targetTooLong: "uri_too_long"
        case .contentEncoded: "content_encoding_unsupported"
        case .expectationUnknown: "expectation_unsupported"
        case .headTooLarge, .tooManyFields: "header_fields_too_large"
        case .transferCodingUnknown: "transfer_coding_unsupported"
        case .versionUnsupported: "http_version_unsupported"
        }
    }

    var detail: String {
        switch self {
        case .malformed(let detail): detail
        case .timedOut: "The request head did not arrive in time."
        case .targetTooLong: "The request target is too long."
        case .contentEncoded: "Request bodies must not be content-encoded."
        case .expectationUnknown: "Only the expectation 100-continue is known."
        case .headTooLarge: "The request head is too large."
        case .tooManyFields: "The request has too many header fields."
        case .transferCodingUnknown: "The only transfer coding known is chunked."
        case .versionUnsupported: "This server speaks HTTP/1.1 and HTTP/1.0."
        }
    }
}
