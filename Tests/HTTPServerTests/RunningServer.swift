import HTTPMessages
import HTTPServer
import Telemetry
import TestSupport

/// A responder made of a closure.
struct ClosureResponder: Responder {
    let answer: @Sendable (IncomingRequest) async -> OutgoingResponse

    func respond(to request: IncomingRequest) async -> OutgoingResponse { await answer(request) }
}

extension OutgoingResponse {
    static func text(_ text: String, status: Int = 200) -> OutgoingResponse {
        OutgoingResponse(
            status: status,
            fields: HTTPFields(["Content-Type": "text/plain"]),
            body: .bytes(Array(text.utf8))
        )
    }
}

/// Answers with what was understood of the request, as `METHOD path?query length`.
@Sendable func echo(_ request: IncomingRequest) async -> OutgoingResponse {
    do throws(IncomingBody.Failure) {
        let body = try await request.body.collect(upTo: 1024 * 1024)
        let query = request.query.map { "?\($0)" } ?? ""
        return .text("\(request.method) \(request.path)\(query) \(body.count)")
    } catch {
        return .failure(error)
    }
}

extension OutgoingResponse {
    static func failure(_ failure: IncomingBody.Failure) -> OutgoingResponse {
        switch failure {
        case .tooLarge: .text("too large", status: 413)
        case .timedOut: .text("timed out", status: 408)
        case .malformed: .text("malformed", status: 400)
        case .disconnected: .text("disconnected", status: 400)
        }
    }
}

/// Runs a server on a free port while `body` runs.
func withServer(
    _ settings: HTTPServerSettings = HTTPServerSettings(),
    log: Log = .silent,
    responder: ClosureResponder = ClosureResponder(answer: echo),
    _ body: @Sendable (HTTPServer) async throws -> Void
) async throws {
    let server = try HTTPServer(settings, responder: responder, log: log)
    try await withThrowingTaskGroup { group in
        group.addTask { await server.run() }
        do {
            try await body(server)
        } catch {
            server.close()
            throw error
        }
        server.close()
        try await group.waitForAll()
    }
}

/// Sends text on a fresh connection and returns all that came back until the server closed.
func exchange(_ port: Int, _ text: String) async throws -> String {
    try await RawSocket.offPool {
        let socket = try RawSocket(port: port)
        try socket.send(text)
        return String(decoding: try socket.receiveAll(), as: UTF8.self)
    }
}
