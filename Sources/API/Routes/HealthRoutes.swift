import HTTPMessages

/// Liveness, readiness and the older health address.
struct HealthRoutes: Sendable {
    let readiness: Readiness

    private struct Document: Encodable {
        let status: String
        var message: String?
        var checks: [String: String]?
    }

    /// The process answers.
    ///
    /// Looks at nothing else: a database outage must not restart every task.
    func live() -> OutgoingResponse { answer(200, Document(status: "pass")) }

    /// Whether requests should be sent here.
    func ready() async -> OutgoingResponse {
        let report = await readiness.report()
        let checks = report.checks.mapValues { $0 ? "pass" : "fail" }
        var response = answer(
            report.isReady ? 200 : 503,
            Document(status: report.isReady ? "pass" : "fail", checks: checks)
        )
        if !report.isReady { response.fields.append("retry-after", "5") }
        return response
    }

    func health() -> OutgoingResponse {
        answer(200, Document(status: "healthy", message: "Image API is running"))
    }

    private func answer(_ status: Int, _ document: Document) -> OutgoingResponse {
        var response = JSON.response(status: status, document)
        response.fields.append("cache-control", "no-store")
        return response
    }
}
