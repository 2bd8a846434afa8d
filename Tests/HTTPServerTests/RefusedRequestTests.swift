import HTTPServer
import TestSupport
import Testing

/// Malformed, ambiguous and oversized requests over a real socket: each is answered by the server itself, with
/// the right status, and ends the connection.
@Suite(.timeLimit(.minutes(2)))
struct RefusedRequestTests {
    struct Probe: Sendable, CustomTestStringConvertible {
        var name: String
        var status: Int
        var bytes: [UInt8]

        init(_ status: Int, _ name: String, _ text: String) {
            self.status = status
            self.name = name
            bytes = Array(text.utf8)
        }

        var testDescription: String { "\(status) \(name)" }
    }

    private static let line = "POST / HTTP/1.1\r\nHost: a\r\n"

    static let requestLines = [
        Probe(400, "no version", "GET /\r\nHost: a\r\n\r\n"),
        Probe(400, "no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "no method", " / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "only blanks", "   \r\n\r\n"),
        Probe(400, "tab after the method", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "tab after the target", "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "two spaces after the method", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "two spaces after the target", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "space after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
        Probe(400, "space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "octet above 0x7E in the target", "GET /\u{E9} HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "DEL in the target", "GET /\u{7F} HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "fragment in the target", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "target without slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "asterisk for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "authority form", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "absolute form without authority", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "user information in the authority", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "other scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "method with a colon", "G:T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(
            400,
            "method of 25 letters",
            String(repeating: "A", count: 25) + " / HTTP/1.1\r\nHost: a\r\n\r\n"
        ),
        Probe(400, "version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "version without digit", "GET / HTTP/1.\r\nHost: a\r\n\r\n"),
        Probe(400, "version of two digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
        Probe(400, "version HTTPS", "GET / HTTPS/1.1\r\nHost: a\r\n\r\n"),
        Probe(505, "HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
        Probe(505, "HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
        Probe(505, "HTTP/0.9", "GET / HTTP/0.9\r\n\r\n"),
        Probe(505, "preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Probe(400, "two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "bare LF before", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Probe(400, "a TLS handshake", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}"),
        Probe(
            414,
            "target too long",
            "GET /" + String(repeating: "a", count: 8192) + " HTTP/1.1\r\nHost: a\r\n\r\n"
        ),
        Probe(414, "endless target", "GET /" + String(repeating: "a", count: 12_000)),
    ]

    static let fields = [
        Probe(400, "bare LF", "GET / HTTP/1.1\nHost: a\n\n"),
        Probe(400, "bare LF after a field", "GET / HTTP/1.1\r\nHost: a\n\r\n"),
        Probe(400, "bare CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"),
        Probe(400, "NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n"),
        Probe(400, "NUL in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\u{0}: a\r\n\r\n"),
        Probe(400, "control in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{1}b\r\n\r\n"),
        Probe(400, "DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{7F}b\r\n\r\n"),
        Probe(400, "folded line with a space", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n"),
        Probe(400, "folded line with a tab", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n"),
        Probe(400, "space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        Probe(400, "space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
        Probe(400, "tab before the colon", "GET / HTTP/1.1\r\nHost\t: a\r\n\r\n"),
        Probe(400, "no colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"),
        Probe(400, "no name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"),
        Probe(400, "bracket in a name", "GET / HTTP/1.1\r\nHost: a\r\nX[0]: b\r\n\r\n"),
        Probe(400, "octet above 0x7F in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\u{E9}: b\r\n\r\n"),
        Probe(400, "no Host", "GET / HTTP/1.1\r\n\r\n"),
        Probe(400, "two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        Probe(400, "two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
        Probe(400, "Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        Probe(400, "Host with a comma", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"),
        Probe(400, "Host with user information", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        Probe(400, "two Authorizations", "\(line)Authorization: Bearer a\r\nAuthorization: Bearer a\r\n\r\n"),
        Probe(400, "Connection with a space in an option", "\(line)Connection: keep alive\r\n\r\n"),
        Probe(400, "Connection with a quoted option", "\(line)Connection: \"close\"\r\n\r\n"),
        Probe(415, "Content-Encoding", "\(line)Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"),
        Probe(417, "other expectation", "\(line)Expect: 200-ok\r\nContent-Length: 0\r\n\r\n"),
        Probe(417, "two expectations", "\(line)Expect: 100-continue, x\r\nContent-Length: 0\r\n\r\n"),
        Probe(431, "too many fields", line + (1...100).map { "X\($0): \($0)\r\n" }.joined() + "\r\n"),
        Probe(431, "head too large", line + "X: " + String(repeating: "a", count: 16 * 1024) + "\r\n\r\n"),
        Probe(431, "endless field", line + "X: " + String(repeating: "a", count: 64 * 1024)),
        Probe(431, "a megabyte of field", line + "X: " + String(repeating: "a", count: 1024 * 1024)),
    ]

    static let framings = [
        Probe(
            400,
            "both framings",
            "\(line)Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        Probe(
            400,
            "both, other order",
            "\(line)Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
        ),
        Probe(400, "two equal lengths", "\(line)Content-Length: 1\r\nContent-Length: 1\r\n\r\na"),
        Probe(400, "two different lengths", "\(line)Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        Probe(400, "a list of lengths", "\(line)Content-Length: 14,14\r\n\r\n"),
        Probe(400, "plus sign", "\(line)Content-Length: +14\r\n\r\n"),
        Probe(400, "minus sign", "\(line)Content-Length: -1\r\n\r\n"),
        Probe(400, "hexadecimal length", "\(line)Content-Length: 0x0e\r\n\r\n"),
        Probe(400, "empty length", "\(line)Content-Length:\r\n\r\n"),
        Probe(400, "length of twenty digits", "\(line)Content-Length: 18446744073709551621\r\n\r\n"),
        Probe(400, "length with a space inside", "\(line)Content-Length: 1 4\r\n\r\n"),
        Probe(501, "gzip coding", "\(line)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        Probe(501, "identity coding", "\(line)Transfer-Encoding: identity\r\n\r\n"),
        Probe(501, "chunked twice", "\(line)Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
        Probe(501, "quoted coding", "\(line)Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
        Probe(501, "misspelt coding", "\(line)Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        Probe(
            501,
            "coding with vertical tab kept out",
            "\(line)Transfer-Encoding: chunked;a\r\n\r\n0\r\n\r\n"
        ),
        Probe(501, "empty coding", "\(line)Transfer-Encoding:\r\n\r\n"),
        Probe(
            400,
            "two coding fields",
            "\(line)Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
        ),
        Probe(400, "coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ]

    private static let chunked = "\(line)Transfer-Encoding: chunked\r\n\r\n"

    static let chunks = [
        Probe(400, "size not hexadecimal", "\(chunked)g\r\na\r\n0\r\n\r\n"),
        Probe(400, "size with 0x", "\(chunked)0x1\r\na\r\n0\r\n\r\n"),
        Probe(400, "size with a sign", "\(chunked)+1\r\na\r\n0\r\n\r\n"),
        Probe(400, "size after a space", "\(chunked) 1\r\na\r\n0\r\n\r\n"),
        Probe(400, "space after the size", "\(chunked)1 \r\na\r\n0\r\n\r\n"),
        Probe(400, "no size", "\(chunked)\r\na\r\n0\r\n\r\n"),
        Probe(400, "size of sixteen digits", "\(chunked)0000000000000001\r\na\r\n0\r\n\r\n"),
        Probe(400, "size ended by LF", "\(chunked)1\na\r\n0\r\n\r\n"),
        Probe(400, "data longer than its size", "\(chunked)1\r\nab\r\n0\r\n\r\n"),
        Probe(400, "data ended by LF", "\(chunked)1\r\na\n0\r\n\r\n"),
        Probe(400, "extension without a name", "\(chunked)1;\r\na\r\n0\r\n\r\n"),
        Probe(400, "extension without a value", "\(chunked)1;a=\r\na\r\n0\r\n\r\n"),
        Probe(400, "extension with an open quote", "\(chunked)1;a=\"b\r\na\r\n0\r\n\r\n"),
        Probe(400, "extension with LF", "\(chunked)1;a\nb\r\na\r\n0\r\n\r\n"),
        Probe(400, "extension with NUL", "\(chunked)1;a=\"\u{0}\"\r\na\r\n0\r\n\r\n"),
        Probe(400, "trailer without colon", "\(chunked)0\r\nX\r\n\r\n"),
        Probe(400, "trailer without name", "\(chunked)0\r\n: a\r\n\r\n"),
        Probe(400, "folded trailer", "\(chunked)0\r\nX: a\r\n b\r\n\r\n"),
        Probe(400, "trailer with LF", "\(chunked)0\r\nX: a\n\r\n"),
        Probe(400, "endless extension", "\(chunked)1;" + String(repeating: "a", count: 10_000)),
        Probe(400, "endless trailer", "\(chunked)0\r\nX: " + String(repeating: "a", count: 10_000)),
    ]

    @Test(arguments: requestLines + fields + framings + chunks)
    func `a request that is not plainly HTTP is answered and ends the connection`(_ probe: Probe) async throws
    {
        try await withServer { server in
            let port = server.port
            let reply = try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                // A second request behind it must never be answered.
                try socket.send(probe.bytes + Array("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
                let reader = RawHTTPReader(socket)
                let reply = try reader.next()
                #expect(try reader.rest().isEmpty)
                return reply
            }
            #expect(reply.status == probe.status)
            #expect(reply.fields["connection"] == "close")
            #expect(reply.fields["date"] != nil)
            // From the head on it is the server that answers; chunks that come later are the responder's.
            if reply.fields["content-type"] == "application/problem+json" {
                #expect(reply.text.contains(#""status":\#(probe.status),"#))
                #expect(reply.text.hasPrefix(#"{"type":"about:blank","title":""#))
            } else {
                #expect(reply.text == "malformed")
            }
        }
    }
}
