import HTTPMessages
import HTTPServer
import TestSupport
import Testing

/// Requests at the edge of what is allowed, over a real socket.
@Suite(.timeLimit(.minutes(5)))
struct AcceptedRequestTests {
    struct Probe: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var answer: String

        init(_ name: String, _ text: String, answer: String) {
            self.name = name
            self.text = text
            self.answer = answer
        }

        var testDescription: String { name }
    }

    private static let post = "POST / HTTP/1.1\r\nHost: a\r\n"
    private static let chunked = "\(post)Transfer-Encoding: chunked\r\n\r\n"

    static let probes = [
        Probe("one empty line before", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", answer: "GET / 0"),
        Probe("no blank after the colon", "GET / HTTP/1.1\r\nHost:a\r\n\r\n", answer: "GET / 0"),
        Probe("blanks around a value", "GET / HTTP/1.1\r\nHost: \t a \t\r\n\r\n", answer: "GET / 0"),
        Probe("empty value", "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n", answer: "GET / 0"),
        Probe("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", answer: "GET / 0"),
        Probe("IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", answer: "GET / 0"),
        Probe(
            "obsolete octets in a value",
            "GET / HTTP/1.1\r\nHost: a\r\nX: \u{E9}\r\n\r\n",
            answer: "GET / 0"
        ),
        Probe("unknown method", "PURGE /x HTTP/1.1\r\nHost: a\r\n\r\n", answer: "PURGE /x 0"),
        Probe("empty query", "GET /? HTTP/1.1\r\nHost: a\r\n\r\n", answer: "GET /? 0"),
        Probe("two question marks", "GET /a?b?c HTTP/1.1\r\nHost: a\r\n\r\n", answer: "GET /a?b?c 0"),
        Probe("two slashes", "GET //a//b HTTP/1.1\r\nHost: a\r\n\r\n", answer: "GET //a//b 0"),
        Probe("absolute form", "GET http://b:80/x?y HTTP/1.1\r\nHost: a\r\n\r\n", answer: "GET /x?y 0"),
        Probe("absolute form, https", "GET HTTPS://b/x HTTP/1.1\r\nHost: a\r\n\r\n", answer: "GET /x 0"),
        Probe("absolute form, no path", "GET http://b HTTP/1.1\r\nHost: a\r\n\r\n", answer: "GET / 0"),
        Probe("absolute form, query only", "GET http://b?q HTTP/1.1\r\nHost: a\r\n\r\n", answer: "GET /?q 0"),
        Probe("asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", answer: "OPTIONS * 0"),
        Probe("absolute asterisk", "OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n", answer: "OPTIONS * 0"),
        Probe("target of 8,192 octets", "GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n", answer: "GET /\(long) 0"),
        Probe("100 fields", post + fields(99) + "\r\n", answer: "POST / 0"),
        Probe("list in Connection", "\(post)Connection: ,x, , keep-alive,\r\n\r\n", answer: "POST / 0"),
        Probe("identity encoding", "\(post)Content-Encoding: identity\r\n\r\n", answer: "POST / 0"),
        Probe("length with leading zeros", "\(post)Content-Length: 0003\r\n\r\nabc", answer: "POST / 3"),
        Probe(
            "names in any case",
            "POST / HTTP/1.1\r\nhOST: a\r\nCONTENT-LENGTH: 1\r\n\r\na",
            answer: "POST / 1"
        ),
        Probe("coding in any case", "\(post)Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", answer: "POST / 0"),
        Probe("chunks", "\(chunked)3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", answer: "POST / 13"),
        Probe("size of fifteen digits", "\(chunked)000000000000001\r\na\r\n0\r\n\r\n", answer: "POST / 1"),
        Probe("extensions", "\(chunked)1;a;b=c;d=\"e\\\"\";f\r\na\r\n0;z\r\n\r\n", answer: "POST / 1"),
        Probe("trailers", "\(chunked)1\r\na\r\n0\r\nX: y\r\nZ:\r\n\r\n", answer: "POST / 1"),
        Probe("many chunks of one octet", chunked + ones(5000) + "0\r\n\r\n", answer: "POST / 5000"),
    ]

    private static let long = String(repeating: "a", count: 8191)
    private static func fields(_ count: Int) -> String { (1...count).map { "X\($0): \($0)\r\n" }.joined() }
    private static func ones(_ count: Int) -> String { String(repeating: "1\r\nx\r\n", count: count) }

    @Test(arguments: probes)
    func `a request at the edge of what is allowed is understood`(_ probe: Probe) async throws {
        try await withServer { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                // The request behind it shows that its end was found.
                try socket.send(probe.text + "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                let reader = RawHTTPReader(socket)
                let reply = try reader.next()
                #expect(reply.status == 200)
                #expect(reply.text == probe.answer)
                #expect(try reader.next().text == "GET /next 0")
                #expect(try reader.rest().isEmpty)
            }
        }
    }

    @Test func `the authority of an absolute target stands in the place of Host`() async throws {
        try await withServer(responder: ClosureResponder { .text($0.fields["Host"] ?? "none") }) { server in
            let reply = try await exchange(
                server.port,
                "GET http://b.example:81/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(reply.hasSuffix("\r\n\r\nb.example:81"))
        }
    }

    @Test func `fields arrive in order with names in lower case and values as sent`() async throws {
        try await withServer(
            responder: ClosureResponder { request in
                .text(request.fields.fields.map { "\($0.name)=\($0.value)" }.joined(separator: "|"))
            }
        ) { server in
            let reply = try await exchange(
                server.port,
                "GET / HTTP/1.1\r\nHost: Here\r\nX-A: One \r\nx-a:\tTwo\r\nConnection: Close\r\n\r\n"
            )
            #expect(reply.hasSuffix("\r\n\r\nhost=Here|x-a=One|x-a=Two|connection=Close"))
        }
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `the peer's address is known`(_ host: String) async throws {
        let settings = HTTPServerSettings(host: host)
        try await withServer(settings, responder: ClosureResponder { .text($0.remoteAddress) }) { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port, host: host)
                try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try RawHTTPReader(socket).next().text == host)
            }
        }
    }

    @Test func `a socket for both families shows IPv4 clients as IPv4`() async throws {
        try await withServer(
            HTTPServerSettings(host: "::"),
            responder: ClosureResponder { .text($0.remoteAddress) }
        ) { server in
            let reply = try await exchange(
                server.port,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(reply.hasSuffix("\r\n\r\n127.0.0.1"))
        }
    }
}
