package import HTTPMessages

/// An error as a client sees it: RFC 9457 problem details with a stable code.
package struct Problem: Error, Sendable, Equatable {
    /// One thing wrong with one field of the body.
    package struct FieldError: Sendable, Equatable, Encodable {
        package let field: String
        package let message: String
    }

    package let status: Int
    /// For programs: a stable word.
    package let code: String
    /// For people; says what to do.
    ///
    /// Never repeats a prompt or a key.
    package let detail: String
    package let errors: [FieldError]
    /// Header fields that belong to the answer, such as `Allow`.
    package let fields: HTTPFields

    package init(
        status: Int,
        code: String,
        detail: String,
        errors: [FieldError] = [],
        fields: HTTPFields = HTTPFields()
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.fields = fields
    }

    static let notFound = Problem(status: 404, code: "not_found", detail: "There is nothing at this address.")

    static let jobNotFound = Problem(status: 404, code: "not_found", detail: "There is no such job.")

    static func invalid(_ field: String, _ message: String) -> Problem {
        Problem(
            status: 400,
            code: "invalid_request",
            detail: "\(field): \(message)",
            errors: [FieldError(field: field, message: message)]
        )
    }

    static func unavailable(_ detail: String, retryAfter: Int = 5) -> Problem {
        Problem(
            status: 503,
            code: "unavailable",
            detail: detail,
            fields: HTTPFields(["Retry-After": String(retryAfter)])
        )
    }

    static let `internal` = Problem(
        status: 500,
        code: "internal",
        detail: "An internal error occurred. It was recorded with the request id."
    )
}

extension Problem {
    /// The reason phrase of RFC 9110 for the statuses this API answers with.
    private var title: String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 503: "Service Unavailable"
        default: status < 500 ? "Bad Request" : "Internal Server Error"
        }
    }

    private struct Document: Encodable {
        let type = "about:blank"
        let title: String
        let status: Int
        let detail: String
        let instance: String
        let code: String
        let errors: [FieldError]?
        let requestID: String

        private enum CodingKeys: String, CodingKey {
            case type
            case title
            case status
            case detail
            case instance
            case code
            case errors
            case requestID = "request_id"
        }
    }

    /// The answer to the request with this path and id.
    func response(path: String, requestID: String) -> OutgoingResponse {
        let document = Document(
            title: title,
            status: status,
            detail: detail,
            instance: path,
            code: code,
            errors: errors.isEmpty ? nil : errors,
            requestID: requestID
        )
        var response = JSON.response(status: status, document, contentType: "application/problem+json")
        for field in fields.fields { response.fields.set(field.name, field.value) }
        response.fields.set("cache-control", "no-store")
        return response
    }
}
