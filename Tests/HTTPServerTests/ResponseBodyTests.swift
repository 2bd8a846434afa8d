import Glibc
import HTTPMessages
import HTTPServer
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ResponseBodyTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func pieces(_ count: Int, of size: Int) -> OutgoingResponse.Body {
        .stream { writer in
            for number in 0..<count {
                try await writer.write([UInt8](repeating: UInt8(number & 0xFF), count: size))
            }
        }
    }

    @Test func `twenty megabytes go down as bytes, as a file and as a stream`() async throws {
        let size = 20 * 1024 * 1024
        let file = try TemporaryFile(bytes: [UInt8](repeating: 9, count: size))
        try await withServer(
            responder: ClosureResponder { request in
                switch request.path {
                case "/bytes": OutgoingResponse(status: 200, body: .bytes([UInt8](repeating: 5, count: size)))
                case "/file":
                    OutgoingResponse(status: 200, body: .file(path: file.path, offset: 0, length: size))
                default: OutgoingResponse(status: 200, body: Self.pieces(320, of: 65_536))
                }
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                for path in ["/bytes", "/file", "/stream"] {
                    let socket = try RawSocket(port: port)
                    try socket.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    let received = try socket.countAll()
                    #expect(received > size)
                    #expect(received < size + 5000)
                }
            }
        }
    }

    @Test func `a part of a file is sent and the connection stays open`() async throws {
        let file = try TemporaryFile(bytes: Array("0123456789".utf8))
        try await withServer(
            responder: ClosureResponder { _ in
                OutgoingResponse(status: 206, body: .file(path: file.path, offset: 3, length: 4))
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                for _ in 1...2 {
                    try socket.send(Self.get)
                    let reply = try reader.next()
                    #expect(reply.text == "3456")
                    #expect(reply.fields["content-length"] == "4")
                }
                try socket.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try reader.next(toHead: true).fields["content-length"] == "4")
            }
        }
    }

    @Test func `a file that is missing or too short is an answer of its own`() async throws {
        let file = try TemporaryFile(bytes: [1, 2, 3])
        let log = RecordedLog()
        try await withServer(
            log: Log(sink: log),
            responder: ClosureResponder { request in
                switch request.path {
                case "/missing":
                    OutgoingResponse(status: 200, body: .file(path: file.path + "x", offset: 0, length: 1))
                case "/folder": OutgoingResponse(status: 200, body: .file(path: "/", offset: 0, length: 1))
                default: OutgoingResponse(status: 200, body: .file(path: file.path, offset: 1, length: 3))
                }
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                for (path, status) in [("/missing", 404), ("/folder", 500), ("/short", 500)] {
                    try socket.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try reader.next().status == status)
                }
            }
        }
        #expect(log.messages.count == 2)
    }

    @Test func `a stream is chunked, and its end is said`() async throws {
        try await withServer(
            responder: ClosureResponder { _ in
                OutgoingResponse(
                    status: 200,
                    body: .stream { writer in
                        try await writer.write(Array("one ".utf8))
                        try await writer.write([])
                        try await writer.write(Array("two".utf8))
                    }
                )
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                for _ in 1...2 {
                    try socket.send(Self.get)
                    #expect(try reader.next().text == "one two")
                }
            }
            let old = try await exchange(port, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(!old.contains("transfer-encoding"))
            #expect(old.hasSuffix("connection: close\r\n\r\none two"))
        }
    }

    @Test func `the producer of a stream is not asked when HEAD is`() async throws {
        let isAsked = Mutex(false)
        try await withServer(
            responder: ClosureResponder { _ in
                OutgoingResponse(status: 200, body: .stream { _ in isAsked.withLock { $0 = true } })
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                for _ in 1...2 {
                    try socket.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try reader.next(toHead: true).status == 200)
                }
            }
        }
        #expect(isAsked.withLock { !$0 })
    }

    @Test func `a stream that fails does not look complete`() async throws {
        struct Broken: Error {}
        try await withServer(
            responder: ClosureResponder { _ in
                OutgoingResponse(
                    status: 200,
                    body: .stream { writer in
                        try await writer.write(Array("half".utf8))
                        throw Broken()
                    }
                )
            }
        ) { server in
            let reply = try await exchange(server.port, Self.get)
            #expect(reply.hasSuffix("4\r\nhalf\r\n"))
        }
    }

    @Test func `a producer waits for a client that does not read`() async throws {
        let written = Mutex(0)
        let hasEnded = Signal()
        try await withServer(
            responder: ClosureResponder { _ in
                OutgoingResponse(
                    status: 200,
                    body: .stream { writer in
                        defer { hasEnded.send() }
                        for _ in 0..<4096 {
                            try await writer.write([UInt8](repeating: 1, count: 16 * 1024))
                            written.withLock { $0 += 1 }
                        }
                    }
                )
            }
        ) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port, receiveBuffer: 4096)
                try socket.send(Self.get)
                _ = try socket.receive(atMost: 1)
                // Other requests are served meanwhile; the stream gets stuck far below its 64 MB.
                let other = try RawSocket(port: port)
                let reader = RawHTTPReader(other)
                var last = -1
                var rounds = 0
                while last != written.withLock({ $0 }), rounds < 2000 {
                    last = written.withLock { $0 }
                    try other.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
                    _ = try reader.next(toHead: true)
                    rounds += 1
                }
                #expect(last < 2048)
                socket.reset()
            }
            await hasEnded.wait()
        }
        #expect(written.withLock { $0 } < 2048)
    }

    @Test func `a client that takes nothing of its answer is cut`() async throws {
        var settings = HTTPServerSettings()
        settings.timeouts.write = .milliseconds(100)
        let hasEnded = Signal()
        try await withServer(
            settings,
            responder: ClosureResponder { _ in
                OutgoingResponse(
                    status: 200,
                    body: .stream { writer in
                        defer { hasEnded.send() }
                        while true { try await writer.write([UInt8](repeating: 1, count: 65_536)) }
                    }
                )
            }
        ) { server in
            let port = server.port
            let socket = try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                try socket.send(Self.get)
                return socket
            }
            await hasEnded.wait()
            socket.close()
        }
    }
}

/// A file that is removed with its last reference.
final class TemporaryFile: Sendable {
    struct Failure: Error { var code: Int32 }
    let path: String

    init(bytes: [UInt8]) throws {
        var template = Array("/tmp/http-server-test-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe write(descriptor, rest.baseAddress, rest.count)
            }
            guard count > 0 else { throw Failure(code: errno) }
            written += count
        }
    }

    deinit { _ = unsafe unlink(path) }
}
