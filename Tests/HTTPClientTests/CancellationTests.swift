import HTTPClient
import HTTPMessages
import Synchronization
import TestSupport
import Testing

@Suite struct `Cancelling transfers` {
    @Test func `cancelling aborts the transfer and hangs up`() async throws {
        let arrived = ServerSignal("request arrived")
        let ended = ServerSignal("the client hung up")
        let server = try ScriptedServer.holding(arrived: arrived, ended: ended)
        try await withClient { client in
            let task = Task { try await client.get(server.url) }
            try await arrived.wait()
            task.cancel()
            #expect(await failure { try await task.value } == .cancelled)
            try await ended.wait()
        }
    }

    @Test func `cancelling stops a body that is arriving`() async throws {
        let flowing = ServerSignal("body is flowing")
        let ended = ServerSignal("the client hung up")
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
            flowing.fire()
            do { while true { try connection.write([UInt8](repeating: 0, count: 1000)) } } catch {
                ended.fire()
            }
        }
        try await withClient { client in
            let limits = HTTPTransferLimits(responseBytes: .max)
            let task = Task { try await client.get(server.url, limits: limits) }
            try await flowing.wait()
            task.cancel()
            #expect(await failure { try await task.value } == .cancelled)
            try await ended.wait()
        }
    }

    @Test func `a task cancelled beforehand sends nothing that is answered`() async throws {
        let server = try ScriptedServer.answering { _, connection in connection.waitForEnd() }
        try await withClient { client in
            let go = ServerSignal("cancelled")
            let task = Task {
                await go.waitIgnoringCancellation()
                return try await client.get(server.url)
            }
            task.cancel()
            go.fire()
            #expect(await failure { try await task.value } == .cancelled)
        }
    }

    @Test func `cancelling one that waits for a place leaves the others alone`() async throws {
        let arrived = ServerSignal("request arrived")
        let answer = ServerSignal("answer now")
        let server = try ScriptedServer.answering { _, connection in
            arrived.fire()
            try answer.waitOnThread()
            try connection.respond()
        }
        try await withClient(.with { $0.requestsPerOrigin = 1 }) { client in
            let first = Task { try await client.get(server.url + "/first") }
            try await arrived.wait()
            let waiting = Task { try await client.get(server.url + "/waiting") }
            let last = Task { try await client.get(server.url + "/last") }
            waiting.cancel()
            #expect(await failure { try await waiting.value } == .cancelled)
            answer.fire()
            expectOK(try await first.value)
            expectOK(try await last.value)
        }
        #expect(server.requests.map(\.startLine) == ["GET /first HTTP/1.1", "GET /last HTTP/1.1"])
    }

    @Test func `500 requests of every fate, cancelled at random, each end once`() async throws {
        let server = try ScriptedServer.answering { request, connection in
            switch request.startLine.split(separator: " ").dropFirst().first {
            case "/answer": try connection.respond(body: String(repeating: "x", count: 20_000))
            case "/break": connection.reset()
            case "/cut":
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
                connection.close()
            case "/large": try connection.respond(body: String(repeating: "x", count: 60_000))
            default: connection.waitForEnd()
            }
        }
        let paths = ["/answer", "/answer", "/answer", "/break", "/cut", "/large", "/silent"]
        let ends = try await withClient(.with { $0.requestsPerOrigin = 20 }) { client in
            await withTaskGroup(of: Bool.self, returning: Int.self) { group in
                var random = SmallRandom(state: 42)
                for number in 0..<500 {
                    let path = paths[number % paths.count]
                    // A silent server leaves only the deadline or the cancellation.
                    let yields = path == "/silent" ? 0 : Int.random(in: 0..<400, using: &random)
                    let isCancelled = path == "/silent" || Bool.random(using: &random)
                    group.addTask {
                        await Self.ends(client, server.url + path, cancelledAfter: isCancelled ? yields : nil)
                    }
                }
                var ends = 0
                for await isExpected in group where isExpected { ends += 1 }
                return ends
            }
        }
        #expect(ends == 500)
    }

    /// Whether a request came to an end that its path allows.
    private static func ends(_ client: HTTPClient, _ url: String, cancelledAfter yields: Int?) async -> Bool {
        let limits = HTTPTransferLimits(total: .seconds(60), responseBytes: 50_000)
        let task = Task { try await client.get(url, limits: limits) }
        if let yields {
            for _ in 0..<yields { await Task.yield() }
            task.cancel()
        }
        switch await task.result {
        case .success(let response): return url.hasSuffix("/answer") && response.body.count == 20_000
        case .failure(HTTPTransportError.cancelled): return yields != nil
        case .failure(HTTPTransportError.interrupted): return url.hasSuffix("/break") || url.hasSuffix("/cut")
        case .failure(HTTPTransportError.responseTooLarge): return url.hasSuffix("/large")
        case .failure: return false
        }
    }
}

/// A small generator with a seed, so that a run can be repeated (SplitMix64).
private struct SmallRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension ServerSignal {
    fileprivate func waitIgnoringCancellation() async {
        while !hasFired { await Task.yield() }
    }
}

extension ScriptedServer {
    /// Takes a request and never answers; says when it came and when the client was gone.
    static func holding(arrived: ServerSignal, ended: ServerSignal) throws -> ScriptedServer {
        try ScriptedServer { connection in
            _ = try connection.readRequest()
            arrived.fire()
            connection.waitForEnd()
            ended.fire()
        }
    }
}
