import HTTPClient
import HTTPMessages
import Synchronization
import TestSupport
import Testing

@Suite struct `Sending requests` {
    @Test func `the answer has status, fields and body`() async throws {
        let server = try ScriptedServer.answering { _, connection in
            try connection.respond(201, fields: ["X-Answer: yes", "X-Answer:  twice \t"], body: "hello")
        }
        let response = try await withClient { try await $0.get(server.url + "/a?b=c") }
        #expect(response.status == 201)
        #expect(response.fields.values("x-answer") == ["yes", "twice"])
        #expect(response.body == Array("hello".utf8))
        #expect(server.requests.map(\.startLine) == ["GET /a?b=c HTTP/1.1"])
    }

    @Test func `statuses of 400 and above are answers`() async throws {
        let server = try ScriptedServer.answering { _, connection in try connection.respond(503, body: "busy")
        }
        let response = try await withClient { try await $0.get(server.url) }
        #expect(response.status == 503)
        #expect(response.body == Array("busy".utf8))
    }

    @Test func `a chunked answer is put together`() async throws {
        let server = try ScriptedServer.answering { _, connection in
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in ["5\r\nhello\r\n", "6\r\n world\r\n", "0\r\nX-Trailer: no\r\n\r\n"] {
                try connection.write(piece)
            }
        }
        let response = try await withClient { try await $0.get(server.url) }
        #expect(response.body == Array("hello world".utf8))
        #expect(response.fields["x-trailer"] == nil)
    }

    @Test func `an answer that ends with its connection is whole`() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\n\r\nuntil the end")
        }
        #expect(try await withClient { try await $0.get(server.url) }.body == Array("until the end".utf8))
    }

    @Test func `interim answers are passed over`() async throws {
        let server = try ScriptedServer.answering { _, connection in
            try connection.write("HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n")
            try connection.respond(fields: ["X-Late: yes"])
        }
        let response = try await withClient { try await $0.get(server.url) }
        #expect(response.status == 200)
        #expect(response.fields["link"] == nil)
        #expect(response.fields["x-late"] == "yes")
    }

    @Test func `HEAD takes the fields and waits for no body`() async throws {
        let server = try ScriptedServer.answering { _, connection in
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        }
        let response = try await withClient {
            try await $0.send(HTTPRequest(method: .head, url: server.url), limits: HTTPTransferLimits())
        }
        #expect(response.fields["content-length"] == "1000000000")
        #expect(response.body.isEmpty)
        #expect(server.requests.map(\.method) == ["HEAD"])
    }

    @Test(arguments: [HTTPMethod.put, .post, .delete, HTTPMethod(rawValue: "PATCH")])
    func `bodies arrive byte for byte`(method: HTTPMethod) async throws {
        let server = try ScriptedServer.answering { _, connection in try connection.respond() }
        // Around the size up to which the body goes out together with the head, and well above it.
        let sizes = [0, 1, 65_535, 65_536, 65_537, 3_000_000]
        let bodies = sizes.map { size in (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) } }
        try await withClient { client in
            for body in bodies {
                let request = HTTPRequest(method: method, url: server.url, body: body)
                expectOK(try await client.send(request, limits: HTTPTransferLimits()))
            }
        }
        #expect(server.requests.map(\.method) == bodies.map { _ in method.rawValue })
        #expect(server.requests.map(\.body) == bodies)
        #expect(server.requests.allSatisfy { $0.header("expect") == nil && $0.header("content-type") == nil })
        #expect(server.connectionsAccepted == 1)
    }

    @Test(arguments: [HTTPMethod.put, .post])
    func `an empty body has a length of zero`(method: HTTPMethod) async throws {
        let server = try ScriptedServer.answering { _, connection in try connection.respond() }
        _ = try await withClient {
            try await $0.send(HTTPRequest(method: method, url: server.url), limits: HTTPTransferLimits())
        }
        #expect(server.requests.map { $0.header("content-length") } == ["0"])
    }

    @Test func `fields are sent as they are, empty and repeated ones too`() async throws {
        let server = try ScriptedServer.answering { _, connection in try connection.respond() }
        var fields = HTTPFields(["X-One": "a;b: c", "X-Empty": "", "Host": "other.example"])
        fields.append("x-one", "again ü")
        let request = HTTPRequest(method: .get, url: server.url, fields: fields)
        _ = try await withClient { try await $0.send(request, limits: HTTPTransferLimits()) }
        let lines = try #require(server.requests.first).headerLines
        #expect(lines.filter { $0.hasPrefix("x-one") } == ["x-one: a;b: c", "x-one: again ü"])
        #expect(lines.contains("x-empty:"))
        #expect(lines.filter { $0.lowercased().hasPrefix("host:") }.count == 1)
        #expect(server.requests.first?.header("host") == "other.example")
        #expect(lines.contains("User-Agent: image-api"))
    }

    @Test func `a signed path is not tidied up`() async throws {
        let server = try ScriptedServer.answering { _, connection in try connection.respond() }
        let path = "/a/../b/./%2e%2e//c%20d?x=%2F&y"
        _ = try await withClient { try await $0.get(server.url + path) }
        #expect(server.requests.map(\.startLine) == ["GET \(path) HTTP/1.1"])
    }

    @Test func `a redirect is an answer and is not followed`() async throws {
        let target = try ScriptedServer.answering { _, connection in try connection.respond() }
        let server = try ScriptedServer.answering { _, connection in
            try connection.respond(302, fields: ["Location: \(target.url)/elsewhere"])
        }
        let response = try await withClient { try await $0.get(server.url) }
        #expect(response.status == 302)
        #expect(response.fields["location"] == "\(target.url)/elsewhere")
        #expect(target.connectionsAccepted == 0)
        #expect(server.requests.count == 1)
    }

    @Test func `cookies are neither kept nor sent`() async throws {
        let server = try ScriptedServer.answering { _, connection in
            try connection.respond(fields: ["Set-Cookie: a=b"])
        }
        try await withClient { client in for _ in 0..<2 { _ = try await client.get(server.url) } }
        #expect(server.requests.map { $0.header("cookie") } == [nil, nil])
    }
}
