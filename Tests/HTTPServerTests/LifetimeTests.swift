import HTTPMessages
import HTTPServer
import Synchronization
import Telemetry
import TestSupport
import Testing

/// Beginning and end: of servers, of connections, of tasks.
@Suite(.timeLimit(.minutes(5)))
struct LifetimeTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    // MARK: Slow and idle clients

    @Test func `a head that comes too slowly is answered 408`() async throws {
        var settings = HTTPServerSettings()
        settings.timeouts.header = .milliseconds(100)
        try await withServer(settings) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port, timeout: .milliseconds(10))
                var received: [UInt8] = []
                try socket.send("GET / HTTP/1.1\r\nHost: a\r\nX: ")
                for _ in 0..<1000 where received.isEmpty {
                    try socket.send("a")
                    do { received = try socket.receive() } catch RawSocket.Failure.timedOut {}
                }
                let reply = String(decoding: received, as: UTF8.self)
                #expect(reply.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
                #expect(reply.contains(#""code":"request_timeout""#))
            }
        }
    }

    @Test func `an idle connection is closed without a word`() async throws {
        var settings = HTTPServerSettings()
        settings.timeouts.idle = .milliseconds(100)
        try await withServer(settings) { server in
            let port = server.port
            try await RawSocket.offPool {
                let unused = try RawSocket(port: port)
                #expect(try unused.receiveAll().isEmpty)
                let used = try RawSocket(port: port)
                try used.send(Self.get)
                let reader = RawHTTPReader(used)
                #expect(try reader.next().status == 200)
                #expect(try reader.rest().isEmpty)
            }
        }
    }

    @Test func `a client that never closes after its last answer is cut`() async throws {
        var settings = HTTPServerSettings()
        settings.timeouts.lingeringSilence = .milliseconds(50)
        try await withServer(settings) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                try socket.send("nonsense\r\n")
                _ = try socket.receiveAll()
            }
            server.drain()
        }
    }

    @Test func `connections beyond the limit wait until one is closed`() async throws {
        var settings = HTTPServerSettings()
        settings.limits.connections = 2
        let log = RecordedLog()
        try await withServer(settings, log: Log(sink: log)) { server in
            let port = server.port
            try await RawSocket.offPool {
                let sockets = [try RawSocket(port: port), try RawSocket(port: port)]
                for socket in sockets {
                    try socket.send(Self.get)
                    #expect(try RawHTTPReader(socket).next().status == 200)
                }
                let third = try RawSocket(port: port, timeout: .milliseconds(100))
                try third.send(Self.get)
                #expect(throws: RawSocket.Failure.timedOut) { try third.receive() }
                sockets[0].close()
                third.setTimeout(.seconds(10))
                #expect(try RawHTTPReader(third).next().status == 200)
            }
        }
        #expect(log.messages.contains("connection limit reached, accepting is paused"))
    }

    @Test func `clients that come and go at the limit write one warning, not one each`() async throws {
        let sink = RecordingSink()
        var settings = HTTPServerSettings()
        settings.limits.connections = 1
        try await withServer(settings, log: Log(sink: sink)) { server in
            for _ in 0..<5 {
                let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                let reply = try await exchange(server.port, request)
                #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\n"))
            }
        }
        #expect(sink.records(saying: "connection limit reached, accepting is paused").count == 1)
    }

    // MARK: Clients that leave

    @Test(arguments: [true, false])
    func `a client that leaves cancels the responder's task`(_ withReset: Bool) async throws {
        var settings = HTTPServerSettings()
        settings.timeouts.departure = .milliseconds(20)
        let hasStarted = Signal()
        let hasEnded = Signal()
        try await withServer(
            settings,
            responder: ClosureResponder { _ in
                hasStarted.send()
                // Never sent: only cancellation ends the wait.
                await Signal().wait()
                #expect(Task.isCancelled)
                hasEnded.send()
                return .text("too late")
            }
        ) { server in
            let port = server.port
            let socket = try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                try socket.send(Self.get)
                return socket
            }
            await hasStarted.wait()
            if withReset { socket.reset() } else { socket.close() }
            await hasEnded.wait()
        }
    }

    @Test func `a client that only stopped sending gets its answer`() async throws {
        try await withServer { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                try socket.send(Self.get + Self.get)
                socket.finishSending()
                let reader = RawHTTPReader(socket)
                #expect(try reader.next().text == "GET / 0")
                #expect(try reader.next().text == "GET / 0")
                #expect(try reader.rest().isEmpty)
            }
        }
    }

    @Test func `a client that leaves ends its stream`() async throws {
        let hasEnded = Signal()
        try await withServer(
            responder: ClosureResponder { _ in
                OutgoingResponse(
                    status: 200,
                    body: .stream { writer in
                        defer { hasEnded.send() }
                        while true {
                            try await writer.write([1])
                            await Task.yield()
                        }
                    }
                )
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                try socket.send(Self.get)
                _ = try socket.receive()
                socket.close()
            }
            await hasEnded.wait()
        }
    }

    // MARK: Draining

    @Test func `draining closes idle connections and lets running requests finish`() async throws {
        let hasStarted = Signal()
        let mayEnd = Signal()
        let server = try HTTPServer(
            responder: ClosureResponder { request in
                if request.path == "/slow" {
                    hasStarted.send()
                    await mayEnd.wait()
                }
                return .text(request.path)
            }
        )
        let port = server.port
        async let running: Void = server.run()
        let (idle, busy) = try await RawSocket.offPool {
            let idle = try RawSocket(port: port)
            try idle.send(Self.get)
            #expect(try RawHTTPReader(idle).next().status == 200)
            let busy = try RawSocket(port: port)
            try busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            return (idle, busy)
        }
        await hasStarted.wait()
        server.drain()
        try await RawSocket.offPool {
            #expect(try idle.receiveAll().isEmpty)
            // The listener is closed before idle connections are.
            #expect(throws: RawSocket.Failure.self) { _ = try RawSocket(port: port) }
            mayEnd.send()
            let reader = RawHTTPReader(busy)
            let reply = try reader.next()
            #expect(reply.text == "/slow")
            #expect(reply.fields["connection"] == "close")
            #expect(try reader.rest().isEmpty)
        }
        await running
    }

    @Test func `a request that waits in the backlog is still answered`() async throws {
        let server = try HTTPServer(responder: ClosureResponder(answer: echo))
        let port = server.port
        let socket = try await RawSocket.offPool {
            let socket = try RawSocket(port: port)
            try socket.send(Self.get)
            return socket
        }
        server.drain()
        async let running: Void = server.run()
        try await RawSocket.offPool {
            let reply = try RawHTTPReader(socket).next()
            #expect(reply.text == "GET / 0")
            #expect(reply.fields["connection"] == "close")
        }
        await running
    }

    @Test func `closing cuts running requests and cancels them`() async throws {
        let hasStarted = Signal()
        let server = try HTTPServer(
            responder: ClosureResponder { _ in
                hasStarted.send()
                await Signal().wait()
                return .text("too late")
            }
        )
        let port = server.port
        async let running: Void = server.run()
        let socket = try await RawSocket.offPool {
            let socket = try RawSocket(port: port)
            try socket.send(Self.get)
            return socket
        }
        await hasStarted.wait()
        server.close()
        await running
        #expect(try await RawSocket.offPool { try socket.receiveAll() }.isEmpty)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [1, 3])
    func `cancelling the run closes the server`(_ threads: Int) async throws {
        let server = try HTTPServer(
            HTTPServerSettings(threads: threads),
            responder: ClosureResponder(answer: echo)
        )
        await withTaskGroup { group in
            group.addTask { await server.run() }
            group.cancelAll()
        }
    }

    // MARK: Binding

    @Test func `errors of binding say what is wrong`() throws {
        let responder = ClosureResponder(answer: echo)
        let server = try HTTPServer(responder: responder)
        #expect(server.port > 0)
        #expect(throws: HTTPServerError.addressInUse(host: "127.0.0.1", port: server.port)) {
            _ = try HTTPServer(HTTPServerSettings(port: server.port), responder: responder)
        }
        #expect(throws: HTTPServerError.unknownHost("no such host")) {
            _ = try HTTPServer(HTTPServerSettings(host: "no such host"), responder: responder)
        }
        #expect(throws: HTTPServerError.unknownHost("127.0.0.1")) {
            _ = try HTTPServer(HTTPServerSettings(port: 65_536), responder: responder)
        }
        // TEST-NET-1 is nobody's address.
        #expect(throws: HTTPServerError.addressUnavailable(host: "192.0.2.1")) {
            _ = try HTTPServer(HTTPServerSettings(host: "192.0.2.1"), responder: responder)
        }
    }

    @Test func `a server that never ran gives its port back`() throws {
        let responder = ClosureResponder(answer: echo)
        var server: HTTPServer? = try HTTPServer(responder: responder)
        let port = try #require(server?.port)
        server = nil
        _ = try HTTPServer(HTTPServerSettings(port: port), responder: responder)
    }
}
