import AWSClient
import HTTPMessages
import TestSupport
import Testing

/// Requests to S3, and answers of S3 and of what is not S3.
@Suite struct S3AnswerTests {
    private func bucket(_ transport: FakeTransport, environment: [String: String] = [:]) throws -> S3Bucket {
        let endpoints = try AWSEndpoints(region: "eu-central-1", environment: environment)
        return S3Bucket(name: "pictures", endpoints: endpoints, caller: AWSCaller.fake(.s3, over: transport))
    }

    private func error(
        _ answers: FakeTransport.Answer...,
        call: (S3Bucket) async throws(AWSError) -> Void
    ) async throws -> AWSError? {
        let bucket = try bucket(FakeTransport(answers))
        do throws(AWSError) {
            try await call(bucket)
            return nil
        } catch {
            return error
        }
    }

    private func isMalformed(
        _ answer: FakeTransport.Answer,
        call: (S3Bucket) async throws(AWSError) -> Void
    ) async throws -> Bool {
        if case .malformedResponse = try await error(answer, call: call) { true } else { false }
    }

    // SHA-256 of "hello".
    private let digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    private let encodedDigest = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="

    // MARK: - Requests

    @Test func `a put carries type, checksum, metadata and condition`() async throws {
        let transport = FakeTransport(fallback: .status(200, ["etag": "\"e\""]))
        let upload = S3Upload(
            key: "a b/c+d.png",
            bytes: Array("hello".utf8),
            contentType: "image/png",
            cacheControl: "no-store",
            metadata: ["job": "1"],
            onlyIfAbsent: true
        )
        #expect(try await bucket(transport).put(upload).entityTag == "\"e\"")
        let request = try #require(transport.requests.first)
        #expect(request.method == .put)
        #expect(request.url == "https://pictures.s3.eu-central-1.amazonaws.com/a%20b/c%2Bd.png")
        #expect(request.fields["content-type"] == "image/png")
        #expect(request.fields["cache-control"] == "no-store")
        #expect(request.fields["x-amz-meta-job"] == "1")
        #expect(request.fields["if-none-match"] == "*")
        #expect(request.fields["x-amz-checksum-sha256"] == encodedDigest)
        #expect(request.fields["x-amz-content-sha256"] == digest)
        #expect(request.body == Array("hello".utf8))
    }

    @Test func `a known checksum is sent as it is`() async throws {
        let transport = FakeTransport(fallback: .status(200))
        let upload = S3Upload(key: "k", bytes: [], contentType: "image/png", checksum: .knownSHA256(digest))
        _ = try await bucket(transport).put(upload)
        #expect(transport.requests.first?.fields["x-amz-checksum-sha256"] == encodedDigest)
        #expect(transport.requests.first?.fields["x-amz-content-sha256"] == digest)
    }

    @Test func `an endpoint that is not AWS has the bucket in the path`() async throws {
        let transport = FakeTransport(fallback: .status(200))
        let local = ["AWS_ENDPOINT_URL_S3": "http://127.0.0.1:4566"]
        _ = try await bucket(transport, environment: local).head("k")
        #expect(transport.requests.first?.url == "http://127.0.0.1:4566/pictures/k")
    }

    @Test func `what S3 could not take is not sent`() async throws {
        let transport = FakeTransport(fallback: .status(200))
        let bucket = try bucket(transport)
        let keys = ["", "a/../b", ".", "./a", "a/..", "a\u{0}b", String(repeating: "k", count: 1025)]
        for key in keys {
            let upload = S3Upload(key: key, bytes: [], contentType: "text/plain")
            await #expect(throws: AWSError.self) { try await bucket.put(upload) }
            await #expect(throws: AWSError.self) { try await bucket.get(key, limit: 1) }
            await #expect(throws: AWSError.self) { try await bucket.head(key) }
            await #expect(throws: AWSError.self) { try await bucket.delete(key) }
            await #expect(throws: AWSError.self) { try await bucket.delete([key]) }
            await #expect(throws: AWSError.self) { try await bucket.presignedGet(key, validFor: .seconds(1)) }
        }
        for text in ["", "a\r\nx-amz-acl: public-read", "é", " a", "a\u{0}"] {
            let typed = S3Upload(key: "k", bytes: [], contentType: text)
            await #expect(throws: AWSError.self) { try await bucket.put(typed) }
            let cached = S3Upload(key: "k", bytes: [], contentType: "a/b", cacheControl: text)
            await #expect(throws: AWSError.self) { try await bucket.put(cached) }
            let named = S3Upload(key: "k", bytes: [], contentType: "a/b", metadata: ["n": text])
            await #expect(throws: AWSError.self) { try await bucket.put(named) }
        }
        for metadata in [["a b": "v"], ["": "v"], ["n": String(repeating: "v", count: 2048)]] {
            let upload = S3Upload(key: "k", bytes: [], contentType: "a/b", metadata: metadata)
            await #expect(throws: AWSError.self) { try await bucket.put(upload) }
        }
        for checksum in ["", "xyz", digest.uppercased(), digest + "00"] {
            let upload = S3Upload(key: "k", bytes: [], contentType: "a/b", checksum: .knownSHA256(checksum))
            await #expect(throws: AWSError.self) { try await bucket.put(upload) }
        }
        await #expect(throws: AWSError.self) { try await bucket.delete((0..<1001).map { "k\($0)" }) }
        await #expect(throws: AWSError.self) { try await bucket.delete(["a\u{1}"]) }
        await #expect(throws: AWSError.self) { try await bucket.list(prefix: "", limit: 0) }
        await #expect(throws: AWSError.self) { try await bucket.list(prefix: "", limit: 1001) }
        #expect(try await bucket.delete([]).isEmpty)
        #expect(transport.requests.isEmpty)
    }

    @Test func `a deletion is a document with a checksum`() async throws {
        let transport = FakeTransport(fallback: .status(200, body: "<DeleteResult/>"))
        _ = try await bucket(transport).delete(["a&b<c>", "d\re"])
        let request = try #require(transport.requests.first)
        #expect(request.url == "https://pictures.s3.eu-central-1.amazonaws.com/?delete=")
        #expect(request.fields["x-amz-checksum-sha256"] != nil)
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(body.contains("<Key>a&amp;b&lt;c&gt;</Key></Object><Object><Key>d&#13;e</Key>"))
        #expect(body.contains("<Quiet>true</Quiet>"))
    }

    // MARK: - Answers

    @Test func `an object is verified by length and checksum`() async throws {
        let fields: KeyValuePairs = ["content-length": "5", "x-amz-checksum-sha256": encodedDigest]
        let good = try bucket(FakeTransport([.status(200, fields, body: "hello")]))
        let object = try await good.get("k", limit: 5)
        #expect(object.bytes == Array("hello".utf8))
        #expect(object.facts.sha256 == digest)

        let get = { (bucket: S3Bucket) async throws(AWSError) in _ = try await bucket.get("k", limit: 100) }
        #expect(try await isMalformed(.status(200, fields, body: "hullo"), call: get))
        #expect(try await isMalformed(.status(200, ["content-length": "6"], body: "hello"), call: get))
        let parts: KeyValuePairs = ["x-amz-checksum-sha256": encodedDigest + "-2"]
        #expect(try await error(.status(200, parts, body: "hullo"), call: get) == nil)
    }

    @Test func `a stored checksum that is another is refused`() async throws {
        let upload = S3Upload(key: "k", bytes: [1], contentType: "a/b")
        let answer = FakeTransport.Answer.status(200, ["x-amz-checksum-sha256": encodedDigest])
        #expect(try await isMalformed(answer) { bucket throws(AWSError) in _ = try await bucket.put(upload) })
    }

    @Test(arguments: [
        (301, "PermanentRedirect"), (304, "NotModified"), (307, "TemporaryRedirect"), (400, "BadRequest"),
        (403, "Forbidden"), (404, "NotFound"), (405, "MethodNotAllowed"), (409, "Conflict"),
        (412, "PreconditionFailed"), (418, "HTTP418"), (500, "InternalError"), (503, "ServiceUnavailable"),
    ])
    func `an answer without a body is told by its status`(_ status: Int, _ code: String) async throws {
        let transport = FakeTransport(fallback: .status(status, ["x-amz-request-id": "q"]))
        let bucket = try bucket(transport)
        await #expect(
            throws: AWSError.service(AWSServiceError(status: status, code: code, message: "", requestID: "q"))
        ) { try await bucket.head("k") }
    }

    @Test func `an error's document is read, in an answer of any status`() async throws {
        let document = "<Error><Code>SlowDown</Code><Message>m</Message><RequestId>q</RequestId></Error>"
        for status in [200, 400, 503] {
            let answer = FakeTransport.Answer.status(status, body: document)
            let caught = try await error(answer, answer, answer) { bucket throws(AWSError) in
                _ = try await bucket.list(prefix: "")
            }
            let expected = AWSServiceError(status: status, code: "SlowDown", message: "m", requestID: "q")
            #expect(caught == .service(expected))
        }
    }

    @Test func `listings that make no sense are refused`() async throws {
        let bodies = [
            "", "{}", "<html/>", "<ListBucketResult>", "<!DOCTYPE a><ListBucketResult/>",
            "<ListBucketResult><Contents/></ListBucketResult>",
            "<ListBucketResult><Contents><Key>k</Key><Size>x</Size></Contents></ListBucketResult>",
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%FF</Key><Size>1</Size></Contents></ListBucketResult>",
        ]
        for body in bodies {
            let isRefused = try await isMalformed(.status(200, body: body)) { bucket throws(AWSError) in
                _ = try await bucket.list(prefix: "")
            }
            #expect(isRefused, "\(body)")
        }
    }

    @Test func `a listing that never ends is left`() async throws {
        let same = FakeTransport.Answer.status(
            200,
            body:
                "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
                + "<Contents><Key>k</Key><Size>1</Size></Contents></ListBucketResult>"
        )
        let transport = FakeTransport(fallback: same)
        await #expect(throws: AWSError.self) {
            try await bucket(transport).keys(withPrefix: "", limit: 1_000_000)
        }
        #expect(transport.requests.count == 2)
        let limited = FakeTransport(fallback: same)
        #expect(try await bucket(limited).keys(withPrefix: "", limit: 1) == ["k"])
        #expect(limited.requests.count == 1)
    }

    @Test func `objects that could not be deleted are named`() async throws {
        let body =
            "<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code></Error></DeleteResult>"
        let bucket = try bucket(FakeTransport([.status(200, body: body)]))
        #expect(try await bucket.delete(["a", "b"]) == [S3DeleteFailure(key: "b", code: "AccessDenied")])
        let bad = FakeTransport.Answer.status(
            200,
            body: "<DeleteResult><Error><Key>b</Key></Error></DeleteResult>"
        )
        #expect(try await isMalformed(bad) { bucket throws(AWSError) in _ = try await bucket.delete(["b"]) })
    }
}
