import HTTPMessages

/// Lets browsers of the allowed origins call the API (the Fetch standard's CORS protocol).
struct CrossOrigin: Sendable {
    let allowed: [String]

    private static let exposed = "Location, Retry-After, X-Request-Id"

    func decorate(_ response: inout OutgoingResponse, for request: IncomingRequest) {
        guard !allowed.isEmpty, let origin = request.fields["origin"] else { return }
        response.fields.append("vary", "Origin")
        guard allowed.contains("*") || allowed.contains(origin) else { return }
        response.fields.set("access-control-allow-origin", allowed.contains("*") ? "*" : origin)
        response.fields.set("access-control-expose-headers", Self.exposed)
        guard request.method == .options, request.fields["access-control-request-method"] != nil else {
            return
        }
        response.fields.set("access-control-allow-methods", response.fields["allow"] ?? "GET, POST")
        response.fields.set(
            "access-control-allow-headers",
            "Authorization, Content-Type, X-API-Key, X-Request-Id"
        )
        response.fields.set("access-control-max-age", "7200")
    }
}
