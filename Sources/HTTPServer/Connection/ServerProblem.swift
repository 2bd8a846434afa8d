import HTTPMessages

/// An answer the server gives itself, in the form of RFC 9457.
struct ServerProblem {
    var status: Int
    var code: String
    var detail: String

    init(_ refusal: RequestRefusal) {
        status = refusal.status
        code = refusal.code
        detail = refusal.detail
    }

    private init(status: Int, code: String, detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    static let fileMissing = ServerProblem(
        status: 404,
        code: "not_found",
        detail: "There is nothing here."
    )
    static let broken = ServerProblem(
        status: 500,
        code: "internal",
        detail: "The answer could not be sent."
    )

    func response(requestID: String) -> OutgoingResponse {
        OutgoingResponse(
            status: status,
            fields: HTTPFields([
                "content-type": "application/problem+json", "cache-control": "no-store",
                "x-content-type-options": "nosniff", "x-request-id": requestID,
            ])
        )
    }

    /// All texts are constants of ours, and the id one we made, that need no escaping in JSON.
    func body(requestID: String) -> [UInt8] {
        let title = "\(StatusText.of(status))"
        let start = #"{"type":"about:blank","title":"\#(title)","status":\#(status),"#
        let end = #""detail":"\#(detail)","code":"\#(code)","request_id":"\#(requestID)"}"#
        return Array((start + end).utf8)
    }
}
