import HTTPMessages

/// Finds what S3 says of a failure: in the body, or in the status where there is no body, as after HEAD.
enum S3ErrorReader {
    static func read(_ response: HTTPResponse) -> AWSServiceError {
        if !response.body.isEmpty, let error = AWSErrorDocument.read(response) { return error }
        return AWSServiceError(
            status: response.status,
            code: code(of: response.status),
            message: "",
            requestID: response.fields["x-amz-request-id"]
        )
    }

    private static func code(of status: Int) -> String {
        switch status {
        case 301: "PermanentRedirect"
        case 304: "NotModified"
        case 307: "TemporaryRedirect"
        case 400: "BadRequest"
        case 403: "Forbidden"
        case 404: "NotFound"
        case 405: "MethodNotAllowed"
        case 409: "Conflict"
        case 412: "PreconditionFailed"
        case 416: "InvalidRange"
        case 500: "InternalError"
        case 503: "ServiceUnavailable"
        default: "HTTP\(status)"
        }
    }
}
