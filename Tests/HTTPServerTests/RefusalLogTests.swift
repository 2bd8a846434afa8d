import HTTPServer
import Telemetry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct RefusalLogTests {
    @Test func `a request that the responder never hears of is named in answer and log`() async throws {
        let sink = RecordingSink()
        let settings = HTTPServerSettings(freshRequestID: { "id-1" })
        try await withServer(settings, log: Log(sink: sink)) { server in
            let reply = try await exchange(server.port, "GET /secret HTTP/1.1\r\n\r\n")
            #expect(reply.hasPrefix("HTTP/1.1 400 "))
            #expect(reply.contains("x-request-id: id-1\r\n"))
            #expect(reply.contains("x-content-type-options: nosniff\r\n"))
            #expect(reply.contains("\"request_id\":\"id-1\""))
        }
        let lines = sink.records(saying: "request refused by the server")
        #expect(lines.count == 1)
        #expect(lines.first?["status"] == .integer(400))
        #expect(lines.first?["request_id"] == .text("id-1"))
        #expect(!sink.text.contains("secret"))
    }
}
