import HTTPMessages
import Testing

@testable import HTTPServer

struct HeadParserTests {
    private static let request =
        "\r\nPOST /a/b?c=d HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"

    private func parse(_ text: String, limits: HTTPServerLimits = HTTPServerLimits()) throws -> RequestHead? {
        var parser = HeadParser(limits: limits)
        return try parser.parse(Array(text.utf8).span)?.head
    }

    @Test func `a head is read the same however it is cut`() throws {
        let octets = Array(Self.request.utf8)
        for cut in 0..<octets.count {
            var parser = HeadParser(limits: HTTPServerLimits())
            #expect(try parser.parse(octets.span.extracting(0..<cut)) == nil)
            let (head, length) = try #require(try parser.parse(octets.span))
            #expect(length == octets.count)
            #expect(head.method == .post)
            #expect(head.path == "/a/b")
            #expect(head.query == "c=d")
            #expect(head.framing == .length(3))
            #expect(head.expectsContinue)
        }
    }

    @Test func `a head that comes octet by octet is complete with its last octet`() throws {
        let octets = Array(Self.request.utf8)
        var parser = HeadParser(limits: HTTPServerLimits())
        for count in 1..<octets.count {
            #expect(try parser.parse(octets.span.extracting(0..<count)) == nil)
        }
        #expect(try parser.parse(octets.span)?.length == octets.count)
    }

    @Test func `what follows the head is left alone`() throws {
        let octets = Array((Self.request + "abc").utf8)
        var parser = HeadParser(limits: HTTPServerLimits())
        #expect(try parser.parse(octets.span)?.length == octets.count - 3)
    }

    @Test(arguments: [
        ("HTTP/1.1\r\nHost: a\r\n", true), ("HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", false),
        ("HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: CLOSE\r\n", false),
        ("HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n", false), ("HTTP/1.0\r\n", false),
        ("HTTP/1.0\r\nConnection: Keep-Alive\r\n", true),
    ])
    func `the client decides whether the connection stays open`(_ rest: String, _ keepsAlive: Bool) throws {
        #expect(try parse("GET / \(rest)\r\n")?.keepsAlive == keepsAlive)
    }

    @Test func `HTTP 1.0 may leave out Host and its expectations are ignored`() throws {
        let head = try #require(try parse("GET / HTTP/1.0\r\nExpect: magic\r\n\r\n"))
        #expect(head.isVersion10)
        #expect(!head.expectsContinue)
    }

    @Test func `limits hold to the octet`() throws {
        let text = "GET /1234 HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n"
        var limits = HTTPServerLimits(headBytes: text.utf8.count - 2, fieldCount: 2, targetBytes: 5)
        #expect(try parse(text, limits: limits) != nil)
        limits.targetBytes = 4
        #expect(throws: RequestRefusal.targetTooLong) { try parse(text, limits: limits) }
        limits.targetBytes = 5
        limits.fieldCount = 1
        #expect(throws: RequestRefusal.tooManyFields) { try parse(text, limits: limits) }
        limits.fieldCount = 2
        limits.headBytes = text.utf8.count - 3
        #expect(throws: RequestRefusal.headTooLarge) { try parse(text, limits: limits) }
    }

    @Test func `a head is refused as soon as it cannot become right`() {
        #expect(throws: RequestRefusal.self) { try parse("GET / HTTP/1.1\r\nHost: a\u{0}") }
        #expect(throws: RequestRefusal.self) { try parse("\u{16}\u{3}") }
        #expect(throws: RequestRefusal.targetTooLong) {
            try parse(
                "GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                limits: HTTPServerLimits(targetBytes: 8)
            )
        }
    }

    @Test func `values that are not UTF-8 are repaired, not refused`() throws {
        let octets = Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xFF] + Array("\r\n\r\n".utf8)
        var parser = HeadParser(limits: HTTPServerLimits())
        #expect(try parser.parse(octets.span)?.head.fields["x"] == "\u{FFFD}")
    }

    @Test func `octet classes are those of the grammar`() {
        let token = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        let host = Set(
            "-._~!$&'()*+;=:%[]0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8
        )
        for octet in UInt8.min...UInt8.max {
            #expect(OctetClass.token.contains(octet) == token.contains(octet))
            #expect(OctetClass.host.contains(octet) == host.contains(octet))
            let isTarget = (0x21...0x7E).contains(octet) && octet != UInt8(ascii: "#")
            #expect(OctetClass.target.contains(octet) == isTarget)
        }
    }
}
