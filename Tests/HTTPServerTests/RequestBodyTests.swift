import HTTPMessages
import HTTPServer
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct RequestBodyTests {
    private static let head = "POST / HTTP/1.1\r\nHost: a\r\n"

    /// Counts a body without keeping it.
    @Sendable private static func count(_ request: IncomingRequest) async -> OutgoingResponse {
        do throws(IncomingBody.Failure) {
            var count = 0
            while let piece = try await request.body.next() {
                count += piece.count
            }
            return .text("\(count)")
        } catch {
            return .failure(error)
        }
    }

    @Test func `100 Continue is sent when the responder asks for the body`() async throws {
        let mayRead = Signal()
        try await withServer(
            responder: ClosureResponder { request in
                await mayRead.wait()
                return await echo(request)
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                try socket.send("\(Self.head)Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
                mayRead.send()
                #expect(try reader.next().status == 100)
                try socket.send("abc")
                #expect(try reader.next().text == "POST / 3")
                try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try reader.next().text == "GET / 0")
            }
        }
    }

    @Test func `a body nobody asks for gets its answer instead of 100 Continue`() async throws {
        try await withServer(responder: ClosureResponder { _ in .text("no", status: 401) }) { server in
            let reply = try await exchange(
                server.port,
                "\(Self.head)Content-Length: 3\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(reply.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
            #expect(reply.contains("\r\nconnection: close\r\n"))
        }
    }

    @Test func `a body that came with the head needs no 100 Continue`() async throws {
        try await withServer { server in
            let reply = try await exchange(
                server.port,
                "\(Self.head)Connection: close\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc"
            )
            #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test(arguments: [401, 413])
    func `an early answer reaches a client that is still sending`(_ status: Int) async throws {
        try await withServer(
            responder: ClosureResponder { request in
                if status == 401 { return .text("early", status: 401) }
                return await echo(request)
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let body = [UInt8](repeating: 7, count: 20_000_000)
                try socket.send("\(Self.head)Content-Length: \(body.count)\r\n\r\n")
                // All of it, before the answer is read.
                try socket.send(body)
                let reader = RawHTTPReader(socket)
                let reply = try reader.next()
                #expect(reply.status == status)
                #expect(reply.fields["connection"] == "close")
                #expect(try reader.rest().isEmpty)
            }
        }
    }

    @Test func `a chunked body is refused when it grows too large`() async throws {
        try await withServer { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                try socket.send("\(Self.head)Transfer-Encoding: chunked\r\n\r\n")
                let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 7, count: 65_536) + [13, 10]
                for _ in 0..<32 { try socket.send(chunk) }
                #expect(try RawHTTPReader(socket).next().status == 413)
            }
        }
    }

    @Test func `twenty megabytes go up, with a length and in chunks`() async throws {
        try await withServer(responder: ClosureResponder(answer: Self.count)) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                let body = [UInt8](repeating: 3, count: 20 * 1024 * 1024)
                try socket.send("\(Self.head)Content-Length: \(body.count)\r\n\r\n")
                try socket.send(body)
                #expect(try reader.next().text == "20971520")
                try socket.send("\(Self.head)Transfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<20 {
                    try socket.send("100000\r\n")
                    try socket.send(Array(body.prefix(1024 * 1024)))
                    try socket.send("\r\n")
                }
                try socket.send("1\r\n\u{5}\r\n0\r\n\r\n")
                #expect(try reader.next().text == "20971521")
            }
        }
    }

    @Test func `reading stops while nobody asks for the body`() async throws {
        let mayRead = Signal()
        try await withServer(
            responder: ClosureResponder { request in
                await mayRead.wait()
                return await Self.count(request)
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                let size = 40 * 1024 * 1024
                let socket = try RawSocket(port: port, timeout: .milliseconds(300))
                try socket.send("\(Self.head)Content-Length: \(size)\r\n\r\n")
                let body = [UInt8](repeating: 1, count: size)
                // What the kernel buffers is far below 40 MB, so sending must block.
                #expect(throws: RawSocket.Failure.timedOut) { try socket.send(body) }
                mayRead.send()
            }
        }
    }

    @Test func `one octet at a time runs out of time`() async throws {
        var settings = HTTPServerSettings()
        settings.timeouts.body = .milliseconds(200)
        try await withServer(settings) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port, timeout: .milliseconds(20))
                try socket.send("\(Self.head)Content-Length: 1000\r\n\r\n")
                var received: [UInt8] = []
                for _ in 0..<500 where received.isEmpty {
                    try socket.send("a")
                    do { received = try socket.receive() } catch RawSocket.Failure.timedOut {}
                }
                #expect(
                    String(decoding: received, as: UTF8.self).hasPrefix("HTTP/1.1 408 Request Timeout\r\n")
                )
            }
        }
    }

    @Test func `a client that leaves within the body is told to the reader`() async throws {
        let (failures, found) = AsyncStream<IncomingBody.Failure>.makeStream()
        try await withServer(
            responder: ClosureResponder { request in
                do throws(IncomingBody.Failure) {
                    _ = try await request.body.collect(upTo: 100)
                } catch {
                    found.yield(error)
                }
                return .text("")
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                let sockets = [try RawSocket(port: port), try RawSocket(port: port)]
                for socket in sockets {
                    try socket.send("\(Self.head)Content-Length: 10\r\nExpect: 100-continue\r\n\r\n")
                    // Now the reader waits.
                    #expect(try RawHTTPReader(socket).next().status == 100)
                    try socket.send("abc")
                }
                sockets[0].close()
                sockets[1].reset()
            }
            var iterator = failures.makeAsyncIterator()
            #expect(await iterator.next() == .disconnected)
            #expect(await iterator.next() == .disconnected)
        }
    }

    @Test func `a body kept from an earlier request reads nothing of a later one`() async throws {
        let kept = Mutex<IncomingBody?>(nil)
        try await withServer(
            responder: ClosureResponder { request in
                if let earlier = kept.withLock({ $0 }) {
                    do throws(IncomingBody.Failure) {
                        return .text("read \(try await earlier.next()?.count ?? 0)")
                    } catch {
                        return .text("refused")
                    }
                }
                kept.withLock { $0 = request.body }
                return await echo(request)
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                try socket.send("\(Self.head)Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
                #expect(try reader.next().status == 100)
                try socket.send("abc")
                #expect(try reader.next().text == "POST / 3")
                try socket.send("\(Self.head)Content-Length: 5\r\n\r\nab")
                #expect(try reader.next().text == "refused")
            }
        }
        // The body holds its connection, which holds this responder.
        kept.withLock { $0 = nil }
    }
}
