import Foundation
import HTTPClient
import HTTPMessages
import TestSupport
import Testing

@Suite struct `Limits of a transfer` {
    private static let small = HTTPTransferLimits(responseBytes: 1000)

    @Test func `a body of exactly the limit is accepted`() async throws {
        let server = try ScriptedServer.answering { _, connection in
            try connection.respond(body: String(repeating: "x", count: 1000))
        }
        let response = try await withClient { try await $0.get(server.url, limits: Self.small) }
        #expect(response.body.count == 1000)
    }

    @Test func `one byte more is refused, whatever the declared length`() async throws {
        let server = try ScriptedServer.answering { _, connection in
            try connection.respond(body: String(repeating: "x", count: 1001))
        }
        try await withClient { client in
            let error = await failure {
                try await client.get(server.url, limits: Self.small)
            }
            #expect(error == .responseTooLarge(limit: 1000))
        }
    }

    @Test func `an endless answer is cut off while it arrives`() async throws {
        let ended = ServerSignal("the client hung up")
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            do { while true { try connection.write("a\r\n0123456789\r\n") } } catch { ended.fire() }
        }
        try await withClient { client in
            let error = await failure {
                try await client.get(server.url, limits: Self.small)
            }
            #expect(error == .responseTooLarge(limit: 1000))
            try await ended.wait()
        }
    }

    @Test func `an endless head is cut off`() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\n")
            while true { try connection.write("X-More: of the same\r\n") }
        }
        try await withClient(.with { $0.responseHeadBytes = 5000 }) { client in
            let error = await failure { try await client.get(server.url) }
            #expect(error == .responseTooLarge(limit: 5000))
        }
    }

    @Test func `compression is neither asked for nor decoded unless set`() async throws {
        let server = try Self.gzipServer("H4sIAAAAAAACA8tIzcnJBwCGphA2BQAAAA==")
        let response = try await withClient { try await $0.get(server.url) }
        #expect(response.body.prefix(2) == [0x1f, 0x8b])
        #expect(server.requests.map { $0.header("accept-encoding") } == [nil])
    }

    @Test func `compression is decoded when set`() async throws {
        let server = try Self.gzipServer("H4sIAAAAAAACA8tIzcnJBwCGphA2BQAAAA==")
        let response = try await withClient(.with { $0.decodesCompression = true }) {
            try await $0.get(server.url)
        }
        #expect(response.body == Array("hello".utf8))
        #expect(server.requests.first?.header("accept-encoding")?.contains("gzip") == true)
    }

    @Test func `the limit counts decoded bytes`() async throws {
        // 100,000 zeros in 133 bytes.
        let server = try Self.gzipServer(
            "H4sIAAAAAAACA+3BMQEAAADCoPVPbQ0PoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAIBXA32VEdSghgEA"
        )
        try await withClient(.with { $0.decodesCompression = true }) { client in
            let error = await failure {
                try await client.get(server.url, limits: Self.small)
            }
            #expect(error == .responseTooLarge(limit: 1000))
        }
    }

    @Test func `a silent server meets the deadline`() async throws {
        let ended = ServerSignal("the client hung up")
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            connection.waitForEnd()
            ended.fire()
        }
        try await withClient { client in
            let error = await failure {
                try await client.get(server.url, limits: HTTPTransferLimits(total: .milliseconds(50)))
            }
            #expect(error == .timedOut)
            try await ended.wait()
        }
    }

    @Test func `a dripping answer meets the deadline too`() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
            while true { try connection.write([0]) }
        }
        try await withClient { client in
            let limits = HTTPTransferLimits(total: .milliseconds(50), responseBytes: 1_000_000_000)
            let error = await failure {
                try await client.get(server.url, limits: limits)
            }
            #expect(error == .timedOut)
        }
    }

    @Test(arguments: [
        HTTPTransferLimits(connect: .milliseconds(50), total: .seconds(60)),
        HTTPTransferLimits(connect: .seconds(60), total: .milliseconds(50)),
    ])
    func `a handshake that does not end has not reached the server`(limits: HTTPTransferLimits) async throws {
        let server = try ScriptedServer { $0.waitForEnd() }
        try await withClient { client in
            let error = await failure {
                try await client.get("https://127.0.0.1:\(server.port)/", limits: limits)
            }
            #expect(error?.isConnectFailed == true)
        }
    }

    @Test func `waiting for a free place counts`() async throws {
        let arrived = ServerSignal("request arrived")
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            arrived.fire()
            connection.waitForEnd()
        }
        try await withClient(.with { $0.requestsPerOrigin = 1 }) { client in
            async let first = failure { try await client.get(server.url) }
            try await arrived.wait()
            let second = await failure {
                try await client.get(server.url, limits: HTTPTransferLimits(total: .milliseconds(50)))
            }
            #expect(second?.isConnectFailed == true)
            await client.close()
            _ = await first
        }
        #expect(server.requests.count == 1)
    }

    private struct NotBase64: Error {}

    private static func gzipServer(_ base64: String) throws -> ScriptedServer {
        guard let body = Data(base64Encoded: base64) else { throw NotBase64() }
        return try ScriptedServer.answering { _, connection in
            try connection.write(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n"
            )
            try connection.write([UInt8](body))
        }
    }
}
