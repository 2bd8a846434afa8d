import HTTPClient
import HTTPMessages
import TestSupport
import Testing

@Suite struct `Failing transfers` {
    @Test func `a refused port is a failed connection`() async throws {
        let server = try ScriptedServer { _ in }
        let url = server.url
        server.stop()
        try await withClient { client in
            let error = await failure { try await client.get(url) }
            #expect(error?.isConnectFailed == true)
            #expect(error?.mayHaveReachedServer == false)
        }
    }

    @Test func `an unknown name is a failed connection, and errors name no host`() async throws {
        try await withClient { client in
            let error = await failure {
                try await client.get("http://secret-name.invalid/secret-path")
            }
            #expect(error?.isConnectFailed == true)
            #expect(error.map { !"\($0)".contains("secret") } == true)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        "HTTP/1.1 200 OK\r\nContent-",
        "SSH-2.0-OpenSSH\r\n",
        "no status line at all\r\n\r\n",
        "",
    ])
    func `a broken answer is an interruption`(answer: String) async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write(answer)
        }
        try await withClient { client in
            let error = await failure { try await client.get(server.url) }
            #expect(error?.isInterrupted == true)
            #expect(error?.mayHaveReachedServer == true)
        }
    }

    @Test func `a reset in the middle is an interruption`() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            connection.reset()
        }
        try await withClient { client in
            let error = await failure { try await client.get(server.url) }
            #expect(error?.isInterrupted == true)
        }
    }

    @Test(arguments: ["4\r\nContent-Length: 2", "4, 2", "+4"])
    func `an answer of two lengths, or a strange one, is an interruption`(length: String) async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\nhalf")
        }
        try await withClient { client in
            let error = await failure { try await client.get(server.url) }
            #expect(error?.isInterrupted == true)
        }
    }

    @Test func `one length said twice is one length`() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok")
        }
        try await withClient { client in expectOK(try await client.get(server.url)) }
    }

    @Test func `after a failure the client works on`() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            if connection.number > 1 { try connection.respond(body: "ok") }
        }
        try await withClient { client in
            let error = await failure { try await client.post(server.url) }
            #expect(error?.isInterrupted == true)
            expectOK(try await client.post(server.url))
        }
    }

    @Test func `a request that cannot be sent does not reach the server`() async throws {
        let server = try ScriptedServer.answering { _, connection in try connection.respond() }
        let fields = HTTPFields(["X-Field": "a\r\nX-Injected: b"])
        try await withClient { client in
            let request = HTTPRequest(method: .get, url: server.url, fields: fields)
            let error = await failure {
                try await client.send(request, limits: HTTPTransferLimits())
            }
            #expect(error?.isInvalidRequest == true)
        }
        #expect(server.connectionsAccepted == 0)
    }

    @Test(arguments: ["http://[::1/", "http://host:99999/", "http://[zz]/"])
    func `what only curl finds wrong with a URL is an invalid request`(url: String) async throws {
        try await withClient { client in
            let error = await failure { try await client.get(url) }
            #expect(error?.isInvalidRequest == true)
        }
    }
}
