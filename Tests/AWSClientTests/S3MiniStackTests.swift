import AWSClient
import HTTPMessages
import TestSupport
import Testing

/// S3 through a server that checks signatures.
@Suite struct S3MiniStackTests {
    private func makeBucket() async throws -> S3Bucket { try await MiniStackServer.shared().makeBucket() }

    private func fetch(
        _ url: String,
        _ method: HTTPMethod = .get,
        _ fields: KeyValuePairs<String, String> = [:],
        body: String = ""
    ) async throws -> HTTPResponse {
        let request = HTTPRequest(
            method: method,
            url: url,
            fields: HTTPFields(fields),
            body: Array(body.utf8)
        )
        return try await MiniStackServer.shared().transport.send(request, limits: HTTPTransferLimits())
    }

    private func code(of call: () async throws(AWSError) -> Void) async -> String? {
        do throws(AWSError) {
            try await call()
            return nil
        } catch .service(let error) {
            return error.code
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [S3Checksum.sha256, .contentMD5])
    func `an object is stored, described, read and removed`(_ checksum: S3Checksum) async throws {
        let bucket = try await makeBucket()
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
        let upload = S3Upload(
            key: "images/one/result.png",
            bytes: bytes,
            contentType: "image/png",
            cacheControl: "public, max-age=60",
            metadata: ["job": "42", "note": "a b"],
            checksum: checksum
        )
        let stored = try await bucket.put(upload)
        #expect(stored.entityTag != nil)

        let object = try await bucket.get(upload.key, limit: bytes.count)
        #expect(object.bytes == bytes)
        let facts = try await bucket.head(upload.key)
        #expect(facts.byteCount == bytes.count)
        #expect(facts.contentType == "image/png")
        #expect(facts.cacheControl == "public, max-age=60")
        #expect(facts.metadata == ["job": "42", "note": "a b"])
        #expect(facts.entityTag == stored.entityTag)

        try await bucket.delete(upload.key)
        #expect(
            await code { () throws(AWSError) in _ = try await bucket.get(upload.key, limit: 10) }
                == "NoSuchKey"
        )
        #expect(await code { () throws(AWSError) in _ = try await bucket.head(upload.key) } == "NotFound")
        try await bucket.delete(upload.key)
    }

    @Test func `keys of all characters are stored and listed as they are`() async throws {
        let bucket = try await makeBucket()
        let keys = [
            "a b+c", "a%20b", "a&b=c?d#e", "é/漢/😀", "x//y/", "~-._", "quote'\"<>", "(1)*!$,;:@[]{}|\\^`",
            "a/...b/.c",
        ]
        for key in keys {
            _ = try await bucket.put(S3Upload(key: key, bytes: Array(key.utf8), contentType: "text/plain"))
        }
        for key in keys { #expect(try await bucket.get(key, limit: 100).bytes == Array(key.utf8), "\(key)") }
        #expect(try await Set(bucket.keys(withPrefix: "", limit: 100)) == Set(keys))
        #expect(try await bucket.keys(withPrefix: "a&", limit: 100) == ["a&b=c?d#e"])
        #expect(try await bucket.delete(keys).isEmpty)
        #expect(try await bucket.keys(withPrefix: "", limit: 100).isEmpty)
    }

    @Test func `a listing goes on over pages`() async throws {
        let bucket = try await makeBucket()
        for number in 0..<7 {
            _ = try await bucket.put(S3Upload(key: "p/\(number)", bytes: [1, 2], contentType: "text/plain"))
        }
        _ = try await bucket.put(S3Upload(key: "q/0", bytes: [1], contentType: "text/plain"))
        var sizes: [Int] = []
        var listed: [S3ListEntry] = []
        var continuation: String?
        repeat {
            let page = try await bucket.list(prefix: "p/", limit: 3, continuation: continuation)
            sizes.append(page.entries.count)
            listed += page.entries
            continuation = page.continuation
        } while continuation != nil
        #expect(sizes == [3, 3, 1])
        #expect(listed == (0..<7).map { S3ListEntry(key: "p/\($0)", byteCount: 2) })
    }

    @Test func `a conditional put does not replace`() async throws {
        let bucket = try await makeBucket()
        var upload = S3Upload(key: "k", bytes: [1], contentType: "text/plain", onlyIfAbsent: true)
        _ = try await bucket.put(upload)
        upload.bytes = [2]
        let second = upload
        let refusal = await code { () throws(AWSError) in _ = try await bucket.put(second) }
        #expect(refusal == "PreconditionFailed")
        #expect(try await bucket.get("k", limit: 10).bytes == [1])
    }

    @Test func `bytes that differ from their checksum are refused`() async throws {
        let bucket = try await makeBucket()
        let wrong = String(repeating: "0", count: 64)
        let upload = S3Upload(key: "k", bytes: [1], contentType: "text/plain", checksum: .knownSHA256(wrong))
        #expect(await code { () throws(AWSError) in _ = try await bucket.put(upload) } != nil)
        #expect(await code { () throws(AWSError) in _ = try await bucket.head("k") } == "NotFound")
    }

    @Test func `an object above the limit is not read`() async throws {
        let bucket = try await makeBucket()
        _ = try await bucket.put(S3Upload(key: "k", bytes: [1, 2, 3], contentType: "text/plain"))
        #expect(try await bucket.get("k", limit: 3).bytes.count == 3)
        await #expect(throws: AWSError.self) { try await bucket.get("k", limit: 2) }
        let large = [UInt8](repeating: 7, count: 9 * 1024 * 1024)
        _ = try await bucket.put(S3Upload(key: "l", bytes: large, contentType: "text/plain"))
        await #expect(throws: AWSError.self) { try await bucket.get("l", limit: 1000) }
    }

    @Test func `a missing bucket is a typed error`() async throws {
        let server = try await MiniStackServer.shared()
        let bucket = server.bucket("no-such-bucket-\(UInt64.random(in: .min ... .max))")
        let upload = S3Upload(key: "k", bytes: [1], contentType: "text/plain")
        #expect(await code { () throws(AWSError) in _ = try await bucket.put(upload) } == "NoSuchBucket")
        #expect(await code { () throws(AWSError) in _ = try await bucket.list(prefix: "") } == "NoSuchBucket")
    }

    @Test func `a wrong secret and a missing permission are refused`() async throws {
        let server = try await MiniStackServer.shared()
        let bucket = try await makeBucket()
        let wrong = AWSCredentials(accessKeyID: server.user.accessKeyID, secretAccessKey: AWSSecret("wrong"))
        let reader = try await server.makeUser(allowing: ["s3:GetObject"])
        let upload = S3Upload(key: "k", bytes: [1], contentType: "text/plain")
        _ = try await bucket.put(upload)

        let stranger = server.bucket(bucket.name, credentials: wrong)
        #expect(
            await code { () throws(AWSError) in _ = try await stranger.put(upload) }
                == "SignatureDoesNotMatch"
        )
        #expect(await code { () throws(AWSError) in _ = try await stranger.head("k") } == "Forbidden")
        let guest = server.bucket(bucket.name, credentials: reader)
        #expect(try await guest.get("k", limit: 10).bytes == [1])
        #expect(await code { () throws(AWSError) in _ = try await guest.put(upload) } == "AccessDenied")
    }

    // MARK: - Presigned URLs

    @Test func `a presigned URL reads without credentials, and no other way`() async throws {
        let bucket = try await makeBucket()
        let key = "a b/é+%.txt"
        _ = try await bucket.put(S3Upload(key: key, bytes: Array("hello".utf8), contentType: "text/plain"))
        let url = try await bucket.presignedGet(key, validFor: .seconds(60))

        let answer = try await fetch(url)
        #expect(answer.status == 200)
        #expect(answer.body == Array("hello".utf8))
        // Another object, a longer life, another signature, another method, none at all.
        #expect(try await fetch(url.replacing(".txt", with: ".tx")).status == 403)
        #expect(try await fetch(url.replacing("X-Amz-Expires=60", with: "X-Amz-Expires=600")).status == 403)
        let last = try #require(url.last)
        #expect(try await fetch(url.dropLast() + (last == "0" ? "1" : "0")).status == 403)
        #expect(try await fetch(url, .delete).status == 403)
        let bare = try #require(url.split(separator: "?").first)
        #expect(try await fetch(String(bare)).status == 403)
    }

    @Test func `a presigned URL ends`() async throws {
        let server = try await MiniStackServer.shared()
        let bucket = try await makeBucket()
        _ = try await bucket.put(S3Upload(key: "k", bytes: [1], contentType: "text/plain"))
        // A clock two minutes late makes a URL of one minute that is over.
        let system = AWSClock.system
        let late = AWSClock(now: { system.now() + -120 }, sleep: system.sleep, random: system.random)
        let caller = AWSCaller(
            service: .s3,
            region: MiniStackServer.region,
            transport: server.transport,
            credentials: StaticAWSCredentials(server.user),
            clock: late
        )
        let lateBucket = S3Bucket(name: bucket.name, endpoints: server.endpoints, caller: caller)
        let over = try await lateBucket.presignedGet("k", validFor: .seconds(60))
        let valid = try await lateBucket.presignedGet("k", validFor: .seconds(600))
        #expect(try await fetch(over).status == 403)
        #expect(try await fetch(valid).status == 200)
    }

    @Test func `a presigned URL writes what it was made for`() async throws {
        let bucket = try await makeBucket()
        let url = try await bucket.presignedPut("up", contentType: "image/png", validFor: .seconds(60))
        #expect(try await fetch(url, .put, ["content-type": "text/html"], body: "<p>").status == 403)
        #expect(try await fetch(url, .put, ["content-type": "image/png"], body: "png").status == 200)
        let object = try await bucket.get("up", limit: 10)
        #expect(object.bytes == Array("png".utf8))
        #expect(object.facts.contentType == "image/png")
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .seconds(604_801)])
    func `a presigned URL lasts at most a week`(_ lifetime: Duration) async throws {
        let bucket = try await makeBucket()
        await #expect(throws: AWSError.self) { try await bucket.presignedGet("k", validFor: lifetime) }
    }
}
