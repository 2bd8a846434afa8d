import HTTPClient
import HTTPMessages
import TestSupport
import Testing

@Suite struct `Closing the client` {
    @Test func `requests under way end, those that wait were never sent`() async throws {
        let arrived = ServerSignal("request arrived")
        let ended = ServerSignal("the client hung up")
        let server = try ScriptedServer.holding(arrived: arrived, ended: ended)
        let client = try HTTPClient(settings: .with { $0.requestsPerOrigin = 1 })
        let running = Task { try await client.get(server.url) }
        try await arrived.wait()
        let waiting = Task { try await client.get(server.url) }
        await client.close()
        let interrupted = await failure { try await running.value }
        #expect(interrupted?.isInterrupted == true)
        #expect(await failure { try await waiting.value } == .closed)
        try await ended.wait()
        #expect(server.requests.count == 1)
    }

    @Test func `later requests are refused`() async throws {
        let server = try ScriptedServer.answering { _, connection in try connection.respond() }
        let client = try HTTPClient()
        await client.close()
        #expect(await failure { try await client.get(server.url) } == .closed)
        #expect(server.connectionsAccepted == 0)
    }

    @Test func `closing twice, also at the same time, is the same`() async throws {
        let client = try HTTPClient()
        await withTaskGroup { group in
            for _ in 0..<10 { group.addTask { await client.close() } }
        }
        await client.close()
    }

    @Test func `idle connections are hung up`() async throws {
        let ended = ServerSignal("the client hung up")
        let server = try ScriptedServer.thenEnding(ended)
        let client = try HTTPClient()
        expectOK(try await client.get(server.url))
        await client.close()
        try await ended.wait()
    }

    @Test func `dropping the last reference closes too`() async throws {
        let ended = ServerSignal("the client hung up")
        let server = try ScriptedServer.thenEnding(ended)
        func sendOnce() async throws { expectOK(try await HTTPClient().get(server.url)) }
        try await sendOnce()
        try await ended.wait()
    }

    @Test func `requests racing with the end are answered, broken or refused`() async throws {
        let server = try ScriptedServer.answering { _, connection in try connection.respond() }
        for _ in 0..<20 {
            let client = try HTTPClient()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do throws(HTTPTransportError) {
                            expectOK(try await client.get(server.url))
                        } catch {
                            #expect(error == .closed || error.isInterrupted)
                        }
                    }
                }
                group.addTask { await client.close() }
            }
        }
    }
}

extension ScriptedServer {
    /// Answers one request and says when the client has hung up.
    fileprivate static func thenEnding(_ ended: ServerSignal) throws -> ScriptedServer {
        try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.respond()
            connection.waitForEnd()
            ended.fire()
        }
    }
}
