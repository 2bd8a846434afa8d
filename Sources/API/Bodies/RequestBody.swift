import HTTPMessages

/// Reads JSON bodies within bounds.
enum RequestBody {
    /// Throws 415 for what is not plain `application/json`.
    static func checkHeaders(_ fields: HTTPFields) throws(Problem) {
        let encodings = fields.values("content-encoding")
        guard encodings.allSatisfy({ $0.lowercased() == "identity" }) else {
            throw Problem(
                status: 415,
                code: "unsupported_media_type",
                detail: "Send the body without a content encoding.",
                fields: HTTPFields(["Accept-Encoding": "identity"])
            )
        }
        let types = fields.values("content-type")
        guard types.count == 1, let type = types.first, isJSON(type) else {
            throw Problem(
                status: 415,
                code: "unsupported_media_type",
                detail: "Send the body as Content-Type: application/json."
            )
        }
    }

    /// Reads the whole body; translates why it could not be read.
    static func collect(_ body: IncomingBody, upTo limit: Int) async throws(Problem) -> [UInt8] {
        do {
            return try await body.collect(upTo: limit)
        } catch {
            throw problem(of: error, limit: limit)
        }
    }

    private static func problem(of failure: IncomingBody.Failure, limit: Int) -> Problem {
        switch failure {
        case .tooLarge:
            Problem(status: 413, code: "body_too_large", detail: "The body must not exceed \(limit) bytes.")
        case .timedOut: Problem(status: 408, code: "timeout", detail: "The body came too slowly.")
        case .malformed: Problem(status: 400, code: "malformed_body", detail: "The body's framing is broken.")
        case .disconnected: Problem(status: 400, code: "disconnected", detail: "The client went away.")
        }
    }

    private static func isJSON(_ type: String) -> Bool {
        let parts = type.lowercased().split(separator: ";")
            .map { part in
                String(part.drop(while: { $0 == " " }).reversed().drop(while: { $0 == " " }).reversed())
            }
        guard parts.first == "application/json" else { return false }
        // JSON has no charset parameter; utf-8 is what it means anyway (RFC 8259 §11).
        return parts.dropFirst().allSatisfy { $0 == "charset=utf-8" || $0 == "charset=\"utf-8\"" }
    }
}
