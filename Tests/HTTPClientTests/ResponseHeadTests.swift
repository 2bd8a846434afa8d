import HTTPMessages
import Testing

@testable import HTTPClient

@Suite struct `Reading response heads` {
    @Test func `status and fields are taken from the lines`() {
        let head = head(["HTTP/1.1 404 Not Found\r\n", "A: b\r\n", "a:\t c d \r\n", "E:\r\n", "\r\n"])
        #expect(head.status == 404)
        #expect(head.fields.values("a") == ["b", "c d"])
        #expect(head.fields["e"] == "")
    }

    @Test func `HTTP 2 has no reason phrase`() {
        #expect(head(["HTTP/2 200 \r\n", "\r\n"]).status == 200)
        #expect(head(["HTTP/2 200\r\n", "\r\n"]).status == 200)
    }

    @Test func `interim responses leave nothing behind`() {
        let head = head([
            "HTTP/1.1 103 Early Hints\r\n", "Link: x\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "A: b\r\n", "\r\n",
        ])
        #expect(head.status == 200)
        #expect(head.fields.fields.map(\.name) == ["a"])
    }

    @Test func `trailers are not fields of the head`() {
        let head = head(["HTTP/1.1 200 OK\r\n", "A: b\r\n", "\r\n", "Trailer: x\r\n", "\r\n"])
        #expect(head.fields.fields.map(\.name) == ["a"])
    }

    @Test func `lines without a colon are passed over`() {
        #expect(head(["HTTP/1.1 200 OK\r\n", "nonsense\r\n", "\r\n"]).fields.fields.isEmpty)
    }

    @Test func `the limit counts every byte`() {
        var head = ResponseHead(limit: 20)
        let accepted = ["HTTP/1.1 200 OK\r\n", "\r\n", "x", "x"].map { head.take(line: Array($0.utf8)) }
        #expect(accepted == [true, true, true, false])
    }

    private func head(_ lines: [String]) -> ResponseHead {
        var head = ResponseHead(limit: 1000)
        for line in lines where !head.take(line: Array(line.utf8)) { Issue.record("refused: \(line)") }
        return head
    }
}
