import AWSAdapters
import AWSClient
import Cryptography
import HTTPMessages
import ImageJobs
import TestSupport
import Testing

@Suite struct S3ImageStoreTests {
    private let publicURL = "https://d111.cloudfront.net"
    private let key = ImageKey(
        claim: Claim(job: JobID(millisecondsSinceEpoch: 1, random: (2, 3)), fence: Fence(rawValue: 4)),
        index: 0,
        suffix: .png
    )

    private func object(_ bytes: [UInt8]) -> ImageObject {
        ImageObject(key: key, format: .png, bytes: bytes, sha256: hexadecimal(SHA256.digest(of: bytes)))
    }

    @Test(arguments: ImageStorePromise.allCases)
    func `keeps the promises of an image store`(_ promise: ImageStorePromise) async throws {
        let server = try await MiniStackServer.shared()
        let url = publicURL
        let contract = ImageStoreContract {
            S3ImageStore(bucket: try await server.makeBucket(), publicURL: url)
        }
        try await contract.verify(promise)
    }

    @Test func `an image is stored to be cached for ever, with its type`() async throws {
        let server = try await MiniStackServer.shared()
        let bucket = try await server.makeBucket()
        try await S3ImageStore(bucket: bucket, publicURL: publicURL).put(object([1, 2, 3]))
        let facts = try await bucket.head(key.path)
        #expect(facts.contentType == "image/png")
        #expect(facts.cacheControl == "public, max-age=31536000, immutable")
        #expect(facts.sha256 == hexadecimal(SHA256.digest(of: [1, 2, 3])))
    }

    @Test func `the checksum given is the one sent`() async throws {
        let transport = FakeTransport(fallback: .status(200))
        let store = try store(transport)
        try await store.put(object([1, 2, 3]))
        let request = try #require(transport.requests.first)
        #expect(request.fields["x-amz-checksum-sha256"] == base64(SHA256.digest(of: [1, 2, 3])))
        #expect(request.fields["x-amz-content-sha256"] == hexadecimal(SHA256.digest(of: [1, 2, 3])))
    }

    @Test func `a url is the public one and the key, with one slash between`() throws {
        for base in [publicURL, publicURL + "/"] {
            let store = try store(FakeTransport(), publicURL: base)
            #expect(store.url(for: key) == "https://d111.cloudfront.net/\(key.path)")
        }
    }

    @Test func `strange objects under a job's prefix are passed over`() async throws {
        let server = try await MiniStackServer.shared()
        let bucket = try await server.makeBucket()
        let store = S3ImageStore(bucket: bucket, publicURL: publicURL)
        let job = JobID(millisecondsSinceEpoch: 1, random: (2, 3))
        try await store.put(object([1]))
        for name in ["images/\(job)/notes.txt", "images/\(job)/4/result.svg"] {
            _ = try await bucket.put(S3Upload(key: name, bytes: [1], contentType: "text/plain"))
        }
        #expect(try await store.keys(of: job) == [key])
    }

    @Test func `a bucket that is not there, or not ours, is misconfigured`() async throws {
        let server = try await MiniStackServer.shared()
        let missing = server.bucket("no-such-bucket-\(UInt64.random(in: .min ... .max))")
        let powerless = try await server.makeUser(allowing: ["sqs:SendMessage"])
        let forbidden = server.bucket(try await server.makeBucket().name, credentials: powerless)
        for bucket in [missing, forbidden] {
            let store = S3ImageStore(bucket: bucket, publicURL: publicURL)
            await expectMisconfigured { try await store.check() }
            await expectMisconfigured { try await store.put(object([1])) }
            await expectMisconfigured { _ = try await store.get(key) }
            await expectMisconfigured { try await store.delete([key]) }
            await expectMisconfigured { _ = try await store.keys(of: JobID(high: 1, low: 2)) }
        }
    }

    @Test func `what passes by itself is unavailable`() async throws {
        let slow = "<Error><Code>SlowDown</Code></Error>"
        let answers: [FakeTransport.Answer] = [
            .status(503, body: slow), .status(500), .status(429),
            .status(400, body: "<Error><Code>RequestTimeout</Code></Error>"),
            .failure(.timedOut), .failure(.connectFailed(reason: "refused")),
            .failure(.interrupted(reason: "reset")),
            .failure(.responseTooLarge(limit: 1)),
        ]
        for answer in answers {
            let store = try store(FakeTransport(fallback: answer))
            do {
                try await store.put(object([1]))
                Issue.record("stored")
            } catch .unavailable {
                continue
            }
        }
    }

    @Test func `an object that could not be deleted is an error`() async throws {
        let answer = "<DeleteResult><Error><Key>k</Key><Code>%</Code></Error></DeleteResult>"
        let failing = try store(
            FakeTransport([.status(200, body: answer.replacing("%", with: "InternalError"))])
        )
        await #expect(throws: ImageStoreError.unavailable(reason: "InternalError")) {
            try await failing.delete([key])
        }
        let denied = try store(
            FakeTransport([.status(200, body: answer.replacing("%", with: "AccessDenied"))])
        )
        await #expect(throws: ImageStoreError.misconfigured(reason: "AccessDenied")) {
            try await denied.delete([key])
        }
    }

    @Test func `cancelling is told as such`() async throws {
        let store = try store(FakeTransport())
        let (object, key) = (object([1]), key)
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                await #expect(throws: ImageStoreError.cancelled) { try await store.put(object) }
                await #expect(throws: ImageStoreError.cancelled) { try await store.get(key) }
                await #expect(throws: ImageStoreError.cancelled) { try await store.check() }
            }
        }
    }

    private func store(
        _ transport: FakeTransport,
        publicURL: String = "https://d111.cloudfront.net"
    ) throws -> S3ImageStore {
        let endpoints = try AWSEndpoints(region: "eu-central-1")
        let caller = AWSCaller.fake(.s3, over: transport)
        return S3ImageStore(
            bucket: S3Bucket(name: "pictures", endpoints: endpoints, caller: caller),
            publicURL: publicURL
        )
    }

    private func expectMisconfigured(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ call: () async throws -> Void
    ) async {
        do {
            try await call()
            Issue.record("succeeded", sourceLocation: sourceLocation)
        } catch ImageStoreError.misconfigured {
            return
        } catch {
            Issue.record(error, sourceLocation: sourceLocation)
        }
    }
}
