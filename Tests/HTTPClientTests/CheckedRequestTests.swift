import HTTPMessages
import Testing

@testable import HTTPClient

@Suite struct `Checking requests` {
    @Test(arguments: [
        "", "/", "host", "//host/", "http:/host", "http:host", "ftp://host/", "file:///etc/passwd",
        "gopher://host/", "javascript://host/", "http://", "https:///path", "http://:80/", "http://?q",
        "http://#f",
        "http://user@host/", "http://user:password@host/", "http://host:80@other/", "http://host\\@other/",
        "http://ho st/", "http://host/a b", "http://host/\r\nX: y", "http://host/\n", "http://host/\0",
        "http://host/\u{7f}", "http://höst/", "http://host/ü", " http://host/",
        "http://host/" + String(repeating: "a", count: CheckedRequest.urlBytes),
    ])
    func `a URL that is not plain and absolute is refused`(url: String) {
        expectInvalid(HTTPRequest(method: .get, url: url))
    }

    @Test(arguments: [
        ("http://host", "http://host"), ("HTTPS://Host:8443/A?B#C", "https://host:8443"),
        ("http://[::1]:8080/a", "http://[::1]:8080"), ("http://host?a@b", "http://host"),
        ("https://bucket.s3.amazonaws.com/a@b:c", "https://bucket.s3.amazonaws.com"),
    ])
    func `the origin is scheme, host and port`(url: String, origin: String) throws {
        #expect(try CheckedRequest(HTTPRequest(method: .get, url: url)).origin == origin)
    }

    @Test(arguments: ["a\r\nb", "a\rb", "a\nb", "\n", "a\0b", "a\u{1b}b", "a\u{7f}"])
    func `a value that could split a line is refused`(value: String) {
        expectInvalid(HTTPRequest(method: .get, url: "http://host/", fields: HTTPFields(["x-field": value])))
    }

    @Test(arguments: ["", "a b", "a:", "a\r\nb", "a\0", "ä", "a\"b", "(a)"])
    func `a name that is not a token is refused`(name: String) {
        var fields = HTTPFields()
        fields.append(name, "value")
        expectInvalid(HTTPRequest(method: .get, url: "http://host/", fields: fields))
    }

    @Test(arguments: ["", "GET /", "G\r\nT", "CONNECT"])
    func `a method that cannot be sent is refused`(method: String) {
        expectInvalid(HTTPRequest(method: HTTPMethod(rawValue: method), url: "http://host/"))
    }

    @Test func `a length other than the body's is refused`() {
        expectInvalid(
            HTTPRequest(
                method: .post,
                url: "http://host/",
                fields: HTTPFields(["content-length": "3"]),
                body: [1, 2]
            )
        )
    }

    @Test func `the length the body has is left to curl`() throws {
        let fields = HTTPFields(["Content-Length": "2", "X-Other": "1"])
        let request = try CheckedRequest(
            HTTPRequest(method: .post, url: "http://host/", fields: fields, body: [1, 2])
        )
        #expect(request.fields.map(\.name) == ["x-other"])
    }

    @Test func `a transfer coding is refused`() {
        let fields = HTTPFields(["Transfer-Encoding": "chunked"])
        expectInvalid(HTTPRequest(method: .post, url: "http://host/", fields: fields, body: [1]))
    }

    @Test func `HEAD with a body is refused`() {
        expectInvalid(HTTPRequest(method: .head, url: "http://host/", body: [1]))
    }

    @Test func `reasons repeat nothing of the request`() {
        let request = HTTPRequest(
            method: .get,
            url: "http://secret@host/",
            fields: HTTPFields(["secret": "secret\n"])
        )
        #expect { try CheckedRequest(request) } throws: { !"\($0)".contains("secret") }
    }

    private func expectInvalid(_ request: HTTPRequest, _ location: SourceLocation = #_sourceLocation) {
        #expect(sourceLocation: location) {
            try CheckedRequest(request)
        } throws: { error in
            if case .invalidRequest = error as? HTTPTransportError { true } else { false }
        }
    }
}
