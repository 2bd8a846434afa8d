import HTTPClient
import HTTPMessages
import Synchronization
import TestSupport
import Testing

@Suite struct `Using connections` {
    @Test func `requests one after another share a connection`() async throws {
        let server = try ScriptedServer.answering { _, connection in try connection.respond(body: "ok") }
        try await withClient { client in
            for _ in 0..<5 { expectOK(try await client.get(server.url)) }
        }
        #expect(server.requests.map(\.connection) == [1, 1, 1, 1, 1])
    }

    @Test func `requests at the same time run side by side`() async throws {
        let everybody = ServerSignal("all requests arrived")
        let arrived = Mutex(0)
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            let count = arrived.withLock { count in
                count += 1
                return count
            }
            if count == 40 { everybody.fire() }
            try everybody.waitOnThread()
            try connection.respond()
        }
        try await withClient { client in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<40 { group.addTask { try await client.get(server.url).status } }
                for try await status in group { #expect(status == 200) }
            }
        }
        #expect(server.connectionsAccepted == 40)
    }

    @Test func `an origin gets no more connections than it may`() async throws {
        let server = try ScriptedServer.answering { _, connection in try connection.respond() }
        try await withClient(.with { $0.requestsPerOrigin = 3 }) { client in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<60 { group.addTask { try await client.get(server.url).status } }
                for try await status in group { #expect(status == 200) }
            }
        }
        #expect(server.requests.count == 60)
        #expect(server.connectionsAccepted <= 3)
    }

    @Test func `idle connections beyond the limit are closed`() async throws {
        let servers = try (0..<4)
            .map { _ in
                try ScriptedServer.answering { _, connection in try connection.respond() }
            }
        try await withClient(.with { $0.requests = 1 }) { client in
            for server in servers + servers { _ = try await client.get(server.url) }
        }
        #expect(servers.map(\.connectionsAccepted) == [2, 2, 2, 2])
    }

    @Test func `one waiting request too many is refused`() async throws {
        let arrived = ServerSignal("request arrived")
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            arrived.fire()
            connection.waitForEnd()
        }
        try await withClient(
            .with {
                $0.requestsPerOrigin = 1
                $0.waitingRequests = 0
            }
        ) { client in
            async let first = failure { try await client.get(server.url) }
            try await arrived.wait()
            let second = await failure { try await client.get(server.url) }
            #expect(second?.isConnectFailed == true)
            await client.close()
            #expect(await first?.isInterrupted == true)
        }
    }

    @Test func `a POST is not sent again when its connection turns out to be dead`() async throws {
        let server = try ScriptedServer.dyingAfterOneAnswer()
        try await withClient { client in
            expectOK(try await client.get(server.url))
            let error = await failure { try await client.post(server.url) }
            #expect(error?.isInterrupted == true)
        }
        #expect(server.requests.map(\.method) == ["GET", "POST"])
    }

    @Test(arguments: [[], [UInt8](repeating: 7, count: 1_000_000)])
    func `a PUT is sent again on a new connection, from its beginning`(body: [UInt8]) async throws {
        let server = try ScriptedServer.dyingAfterOneAnswer()
        try await withClient { client in
            expectOK(try await client.get(server.url))
            let put = HTTPRequest(method: .put, url: server.url, body: body)
            expectOK(try await client.send(put, limits: HTTPTransferLimits()))
        }
        #expect(server.requests.map(\.connection) == [1, 1, 2])
        #expect(server.requests.map(\.body) == [[], body, body])
    }

    @Test(arguments: [
        "localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "0",
    ])
    func `no spelling of a private address gets past the policy`(host: String) async throws {
        let server = try ScriptedServer.answering { _, connection in try connection.respond() }
        try await withClient(.with { $0.addressPolicy = .publicAddresses(ports: [server.port]) }) { client in
            let error = await failure {
                try await client.get("http://\(host):\(server.port)/")
            }
            #expect(error == .addressRefused)
        }
        #expect(server.connectionsAccepted == 0)
    }
}

extension ScriptedServer {
    /// Its first connection answers once, takes another request and closes without a word.
    fileprivate static func dyingAfterOneAnswer() throws -> ScriptedServer {
        try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.respond()
            _ = try connection.readRequest()
            if connection.number > 1 { try connection.respond() }
        }
    }
}
