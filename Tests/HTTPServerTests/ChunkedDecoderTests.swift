import Testing

@testable import HTTPServer

struct ChunkedDecoderTests {
    private static let encoded = Array(
        "5;a=\"b;\\\"\"\r\nhello\r\n1\r\n,\r\n00B;x\r\n wide world\r\n0\r\nTrailer: value\r\nOther:\r\n\r\n"
            .utf8
    )
    private static let decoded = Array("hello, wide world".utf8)

    @Test func `a body is the same however it is cut in two`() throws {
        for cut in 0...Self.encoded.count {
            var decoder = ChunkedDecoder()
            var body: [UInt8] = []
            var used = try decoder.decode(Self.encoded.span.extracting(0..<cut), into: &body)
            #expect(used == cut)
            used += try decoder.decode(Self.encoded.span.extracting(cut..<Self.encoded.count), into: &body)
            #expect(used == Self.encoded.count)
            #expect(decoder.isDone)
            #expect(body == Self.decoded)
        }
    }

    @Test func `a body that comes octet by octet is done with its last octet`() throws {
        var decoder = ChunkedDecoder()
        var body: [UInt8] = []
        for octet in Self.encoded {
            #expect(!decoder.isDone)
            _ = try decoder.decode([octet].span, into: &body)
        }
        #expect(decoder.isDone)
        #expect(body == Self.decoded)
    }

    @Test func `what follows the body is left alone`() throws {
        var decoder = ChunkedDecoder()
        var body: [UInt8] = []
        let next = Self.encoded + Array("GET / HTTP/1.1".utf8)
        #expect(try decoder.decode(next.span, into: &body) == Self.encoded.count)
        #expect(try decoder.decode(next.span, into: &body) == 0)
    }

    @Test func `a broken body is refused at the same octet however it is cut`() throws {
        let broken = Array("2\r\nabc\r\n".utf8)
        for cut in 0...5 {
            var decoder = ChunkedDecoder()
            var body: [UInt8] = []
            _ = try decoder.decode(broken.span.extracting(0..<cut), into: &body)
            #expect(throws: ChunkedDecoder.Malformed.self) {
                try decoder.decode(broken.span.extracting(cut..<broken.count), into: &body)
            }
            #expect(body == Array("ab".utf8))
        }
    }

    @Test func `extensions and trailers are bounded over the whole body`() {
        var decoder = ChunkedDecoder()
        var body: [UInt8] = []
        let piece = Array("1;name=value\r\na\r\n".utf8)
        #expect(throws: ChunkedDecoder.Malformed.self) {
            for _ in 0..<10_000 { _ = try decoder.decode(piece.span, into: &body) }
        }
        #expect(body.count < 1000)
    }

    @Test(arguments: [
        ("7FFFFFFFFFFFFFF\r\n", true), ("FFFFFFFFFFFFFFF\r\n", true), ("1000000000000000\r\n", false),
    ])
    func `the largest size does not overflow`(_ size: String, _ isAccepted: Bool) {
        var decoder = ChunkedDecoder()
        var body: [UInt8] = []
        let isDecoded = (try? decoder.decode(Array(size.utf8).span, into: &body)) != nil
        #expect(isDecoded == isAccepted)
    }
}
