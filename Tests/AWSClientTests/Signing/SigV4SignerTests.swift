import Cryptography
import HTTPMessages
import Testing

@testable import AWSClient

struct SigV4SignerTests {
    private let time = AWSTime(seconds: 1_795_181_410)
    private let credentials = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE",
        secretAccessKey: AWSSecret("secret"),
        sessionToken: AWSSecret("token")
    )

    @Test func `fields that only the signer writes are replaced`() throws {
        var request = HTTPRequest(method: .get, url: "https://example.com/")
        request.fields = HTTPFields([
            "X-Amz-Date": "old", "Authorization": "old", "X-Amz-Security-Token": "old",
        ])
        let signed = try SigV4Signer(region: "r-1", service: .s3).sign(request, with: credentials, at: time)
        #expect(signed.fields.values("x-amz-date") == ["20261120T133010Z"])
        #expect(signed.fields.values("x-amz-security-token") == ["token"])
        #expect(signed.fields.values("authorization").count == 1)
        #expect(signed.fields["x-amz-content-sha256"] == SigV4Signer.emptyHash)
    }

    @Test func `only S3 gets a hash field`() throws {
        let request = HTTPRequest(method: .post, url: "https://example.com/", body: [1])
        let signed = try SigV4Signer(region: "r-1", service: .sqs).sign(request, with: credentials, at: time)
        #expect(signed.fields["x-amz-content-sha256"] == nil)
    }

    @Test func `a hash known already is signed as it is`() throws {
        let request = HTTPRequest(method: .put, url: "https://example.com/", body: Array("abc".utf8))
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let signer = SigV4Signer(region: "r-1", service: .s3)
        let known = try signer.sign(request, payload: .signedAs(hash), with: credentials, at: time)
        let computed = try signer.sign(request, payload: .signed, with: credentials, at: time)
        #expect(known.fields == computed.fields)
    }

    @Test func `an unsigned payload is refused outside S3`() {
        let request = HTTPRequest(method: .post, url: "https://example.com/")
        #expect(throws: AWSError.invalidArgument(reason: "only S3 takes an unsigned payload")) {
            try SigV4Signer(region: "r-1", service: .sqs)
                .sign(
                    request,
                    payload: .unsigned,
                    with: credentials,
                    at: time
                )
        }
    }

    @Test(arguments: [0, -1, 604_801])
    func `a presigned URL's lifetime is bounded`(seconds: Int) {
        #expect(throws: AWSError.self) {
            try SigV4Signer(region: "r-1", service: .s3)
                .presign(
                    method: .get,
                    url: "https://example.com/a",
                    expiresIn: seconds,
                    with: credentials,
                    at: time
                )
        }
    }

    @Test(arguments: [
        ("https://h/a", "https://h/a?X-"), ("https://h/a?", "https://h/a?X-"),
        ("https://h/?b", "https://h/?b&X-"),
    ])
    func `presigning adds to the query there is`(url: String, start: String) throws {
        let signer = SigV4Signer(region: "r-1", service: .s3)
        let presigned = try signer.presign(method: .get, url: url, expiresIn: 1, with: credentials, at: time)
        #expect(presigned.hasPrefix(start))
    }

    @Test func `the key cache never mixes secrets, days, regions or services`() {
        let cache = SigningKeyCache()
        func code(_ secret: String, _ day: String, _ region: String, _ service: AWSService) -> [UInt8] {
            cache.key(secret: AWSSecret(secret), day: day, region: region, service: service).authenticate([1])
        }
        let codes = [
            code("a", "20261120", "r-1", .sqs), code("b", "20261120", "r-1", .sqs),
            code("a", "20261121", "r-1", .sqs), code("a", "20261120", "r-2", .sqs),
            code("a", "20261120", "r-1", .s3),
        ]
        #expect(Set(codes).count == 5)
        for day in 0..<40 { _ = code("a", String(day), "r-1", .sqs) }
        #expect(code("a", "20261120", "r-1", .sqs) == codes[0])
    }
}
