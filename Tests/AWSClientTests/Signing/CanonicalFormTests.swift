import HTTPMessages
import Testing

@testable import AWSClient

struct CanonicalFormTests {
    @Test(arguments: [
        ("", "/"), ("/", "/"), ("/a/b", "/a/b"), ("//a///b/", "/a/b/"), ("/a/../b", "/b"), ("/../a", "/a"),
        ("/a/./b", "/a/b"), ("/./", "/"), ("/a/b/../..", "/"), ("/a%20b", "/a%2520b"), ("/a b", "/a%20b"),
        ("/model/x%3A0", "/model/x%253A0"), ("/ሴ", "/%E1%88%B4"), ("/.../..a", "/.../..a"),
    ])
    func `other services normalise the path and encode it again`(path: String, canonical: String) {
        #expect(form(path, .sqs) == canonical)
    }

    /// RFC 3986 §5.2.4, which AWS refers to; botocore drops the last slash.
    @Test(arguments: [("/a/.", "/a/"), ("/a/b/..", "/a/"), ("/a/..", "/")])
    func `a path that ends in a dot segment keeps its last slash`(path: String, canonical: String) {
        #expect(form(path, .sqs) == canonical)
    }

    @Test(arguments: [
        ("", "/"), ("/a//b/../c/", "/a//b/../c/"), ("/a%20b", "/a%20b"), ("/a%2fb", "/a%2fb"),
        ("/a(b)", "/a%28b%29"),
        ("/100%", "/100%25"), ("/%4", "/%254"),
    ])
    func `S3 takes the path as it is sent, encoded once`(path: String, canonical: String) {
        #expect(form(path, .s3) == canonical)
    }

    @Test(arguments: [
        ("", ""), ("b=2&a=1", "a=1&b=2"), ("a=2&a=10&a=1", "a=1&a=10&a=2"), ("a", "a="),
        ("a=1&&b=2&", "a=1&b=2"),
        ("a=b=c", "a=b%3Dc"), ("a%2fb=%7e", "a%2Fb=~"), ("a=%zz&b=%", "a=%25zz&b=%25"), ("a=1+2", "a=1%2B2"),
        ("a-b=1&a=2&A=3", "A=3&a=2&a-b=1"), ("a%3Db=1&a=2", "a=2&a%3Db=1"), ("a=%20", "a=%20"),
    ])
    func `queries are encoded by one rule and sorted by bytes`(query: String, canonical: String) {
        var text: [UInt8] = []
        CanonicalQuery.append(CanonicalQuery.pairs(of: Array(query.utf8)[...]), to: &text)
        #expect(String(decoding: text, as: UTF8.self) == canonical)
    }

    @Test func `headers are sorted, trimmed, collapsed and joined`() {
        let headers = CanonicalHeaders(
            host: Array("example.com:8080".utf8)[...],
            fields: HTTPFields([
                "X-B": "  two   words ", "Zebra": "z", "x-b": "again", "A": "", "User-Agent": "unsigned",
                "X-B": "a,b",
                "Authorization": "unsigned", "Host": "unsigned",
            ])
            .fields
        )
        #expect(String(decoding: headers.names, as: UTF8.self) == "a;host;x-b;zebra")
        let lines = "a:\nhost:example.com:8080\nx-b:two words,again,a,b\nzebra:z\n"
        #expect(String(decoding: headers.lines, as: UTF8.self) == lines)
    }

    @Test(arguments: [
        ("https://h:443/a", "h"), ("http://h:80", "h"), ("https://h:80/", "h:80"),
        ("http://h:443?q", "h:443"),
        ("http://[::1]:9000/x", "[::1]:9000"),
    ])
    func `the scheme's own port is left out of the host`(url: String, host: String) throws {
        #expect(String(decoding: try SigningTarget(url).host, as: UTF8.self) == host)
    }

    @Test(arguments: [
        "", "h/a", "ftp://h", "https://", "https:///a", "https://u@h/", "http://h/a b", "http://h/#f",
        "http://h/\n",
    ])
    func `a URL that cannot be signed is refused`(url: String) {
        #expect(throws: AWSError.self) { try SigningTarget(url) }
    }

    private func form(_ path: String, _ service: AWSService) -> String {
        var text: [UInt8] = []
        CanonicalPath.append(Array(path.utf8)[...], for: service, to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}
