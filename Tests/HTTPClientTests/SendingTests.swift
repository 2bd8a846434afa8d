import HTTPClient
import HTTPMessages
import TestSupport
import Testing

@Suite struct `Sending requests` {
    @Test func `the answer has status, fields and body`() async throws {
        let server = try ScriptedServer.answering { _, connection in
            try connection.respond(201, fields: ["X-Answer: yes", "X-Answer:  twice \t"], body: "hello")
        }
        let client = try HTTPClient()
        let response = try await client.get(server.url + "/a?b=c")
        #expect(response.status == 201)
        #expect(response.fields.values("x-answer") == ["yes", "twice"])
        #expect(response.body == Array("hello".utf8))
        #expect(server.requests.map(\.startLine) == ["GET /a?b=c HTTP/1.1"])
        await client.close()
    }

    @Test func `requests one after another share a connection`() async throws {
        let server = try ScriptedServer.answering { _, connection in try connection.respond(body: "ok") }
        let client = try HTTPClient()
        for _ in 0..<5 { #expect(try await client.get(server.url).status == 200) }
        #expect(server.requests.map(\.connection) == [1, 1, 1, 1, 1])
        await client.close()
    }
}

extension HTTPClient {
    /// A GET within a limit of time that only a hanging test reaches.
    func get(_ url: String) async throws -> HTTPResponse {
        try await send(HTTPRequest(method: .get, url: url), limits: HTTPTransferLimits())
    }
}
