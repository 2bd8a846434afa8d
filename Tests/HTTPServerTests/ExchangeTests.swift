import HTTPMessages
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import HTTPServer

@Suite(.timeLimit(.minutes(5)))
struct ExchangeTests {
    @Test func `a request is answered and the connection stays open for the next`() async throws {
        try await withServer { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                for number in 1...3 {
                    try socket.send("GET /number/\(number)?a=b HTTP/1.1\r\nHost: here\r\n\r\n")
                    let reply = try reader.next()
                    #expect(reply.status == 200)
                    #expect(reply.text == "GET /number/\(number)?a=b 0")
                    #expect(reply.fields["connection"] == nil)
                    #expect(reply.fields["date"]?.hasSuffix(" GMT") == true)
                    #expect(reply.fields["content-type"] == "text/plain")
                }
            }
        }
    }

    @Test func `pipelined requests are answered in order, one at a time`() async throws {
        let running = Mutex(0)
        try await withServer(
            responder: ClosureResponder { request in
                running.withLock {
                    #expect($0 == 0)
                    $0 += 1
                }
                // Later requests would overtake if they could.
                if request.path == "/1" { for _ in 0..<100 { await Task.yield() } }
                running.withLock { $0 -= 1 }
                return await echo(request)
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                let requests = (1...500)
                    .map { "POST /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" }
                try socket.send(requests.joined())
                for number in 1...500 { #expect(try reader.next().text == "POST /\(number) 3") }
            }
        }
    }

    @Test func `the answer to HEAD has the length but no body`() async throws {
        try await withServer { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                try socket.send("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let reply = try reader.next(toHead: true)
                #expect(reply.fields["content-length"] == "11")
                #expect(try reader.next().text == "GET / 0")
            }
        }
    }

    @Test(arguments: [204, 304])
    func `an answer without content says nothing about its length`(_ status: Int) async throws {
        try await withServer(responder: ClosureResponder { _ in .text("not sent", status: status) }) {
            server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                for _ in 1...2 {
                    try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    let reply = try reader.next()
                    #expect(reply.status == status)
                    #expect(reply.fields["content-length"] == nil)
                }
            }
        }
    }

    @Test func `HTTP 1.0 closes, unless it asks to stay`() async throws {
        try await withServer { server in
            let closed = try await exchange(server.port, "GET / HTTP/1.0\r\n\r\n")
            #expect(closed.contains("\r\nconnection: close\r\n"))
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                for _ in 1...2 {
                    try socket.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    #expect(try reader.next().fields["connection"] == "keep-alive")
                }
            }
        }
    }

    @Test func `the server alone writes what ends a message`() async throws {
        let fields: HTTPFields = HTTPFields([
            "Content-Length": "1", "Transfer-Encoding": "chunked", "Date": "today",
            "Connection": "keep-alive",
            "X-Own": "kept",
        ])
        try await withServer(
            responder: ClosureResponder { _ in
                OutgoingResponse(status: 299, fields: fields, body: .bytes([97, 98]))
            }
        ) {
            server in
            let reply = try await exchange(
                server.port,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(reply.hasPrefix("HTTP/1.1 299 Unknown\r\nx-own: kept\r\ncontent-length: 2\r\ndate: "))
            #expect(reply.hasSuffix(" GMT\r\nconnection: close\r\n\r\nab"))
        }
    }

    @Test(arguments: ["a\r\nSet-Cookie: b", "a\u{0}", "a\nb"])
    func `a response field that would split the answer is not sent`(_ value: String) async throws {
        let records = RecordedLog()
        try await withServer(
            log: Log(sink: records),
            responder: ClosureResponder { _ in
                OutgoingResponse(status: 200, fields: HTTPFields(["X-Bad": value]))
            }
        ) { server in
            let reply = try await exchange(
                server.port,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(reply.hasPrefix("HTTP/1.1 500 Internal Server Error\r\n"))
            #expect(!reply.contains("Set-Cookie"))
        }
        #expect(records.messages == ["response field refused"])
    }

    @Test func `responders may await actors, child tasks and other threads`() async throws {
        actor Counter {
            var count = 0
            func next() -> Int {
                count += 1
                return count
            }
        }
        let counter = Counter()
        var settings = HTTPServerSettings()
        settings.threads = 3
        try await withServer(
            settings,
            responder: ClosureResponder { _ in
                async let here = counter.next()
                async let there = withTaskExecutorPreference(globalConcurrentExecutor) {
                    await counter.next()
                }
                return .text("\(await here + there > 2)")
            }
        ) { server in
            let port = server.port
            try await withThrowingTaskGroup { group in
                for _ in 0..<12 {
                    group.addTask {
                        try await RawSocket.offPool {
                            let socket = try RawSocket(port: port)
                            let reader = RawHTTPReader(socket)
                            for _ in 0..<50 {
                                try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                                #expect(try reader.next().text == "true")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(await counter.count == 1200)
    }

    @Test func `the date is written in the fixed form`() {
        #expect(
            String(decoding: DateLine.of(secondsSince1970: 784_111_777), as: UTF8.self)
                == "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        )
        #expect(
            String(decoding: DateLine.of(secondsSince1970: 951_782_400), as: UTF8.self)
                == "date: Tue, 29 Feb 2000 00:00:00 GMT\r\n"
        )
        #expect(
            String(decoding: DateLine.of(secondsSince1970: 0), as: UTF8.self)
                == "date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
        )
        #expect(
            String(decoding: DateLine.of(secondsSince1970: 1_798_761_599), as: UTF8.self)
                == "date: Thu, 31 Dec 2026 23:59:59 GMT\r\n"
        )
    }
}

/// Keeps the messages of a log.
final class RecordedLog: LogSink {
    private let held = Mutex<[String]>([])

    func write(_ record: LogRecord) { held.withLock { $0.append(record.message) } }

    var messages: [String] { held.withLock { $0 } }
}
