package import HTTPMessages

/// The error document that SQS, S3 and STS answer with.
///
/// `<ErrorResponse><Error>…`, `<ErrorResponse><Errors><Error>…` or `<Error>…` itself: the code is looked for
/// wherever it is.
package enum AWSErrorDocument {
    /// Nesting at which `Error` may stand.
    private static let levels = 4

    /// Code, message and request id, or nil when the body has no such document.
    package static func read(_ response: HTTPResponse) -> AWSServiceError? {
        let document: XMLDocument
        do throws(XMLError) {
            document = try XMLDocument(response.body)
        } catch {
            // Not XML, such as a proxy's page: the status says what there is to say.
            return nil
        }
        guard let error = find(in: document.root, levels: levels), let code = error.text(of: "Code"),
            !code.isEmpty
        else { return nil }
        let requestID =
            error.text(of: "RequestId") ?? document.root.text(of: "RequestId")
            ?? document.root.text(of: "RequestID")
        return AWSServiceError(
            status: response.status,
            code: code,
            message: error.text(of: "Message") ?? "",
            requestID: requestID
        )
    }

    private static func find(in element: XMLElement, levels: Int) -> XMLElement? {
        if element.isNamed("Error") { return element }
        guard levels > 1 else { return nil }
        for child in element.children {
            if let found = find(in: child, levels: levels - 1) { return found }
        }
        return nil
    }
}
