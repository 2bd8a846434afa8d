import HTTPMessages
import TestSupport
import Testing

@testable import AWSClient

struct AWSCallerTests {
    private let clock = ManualAWSClock()
    private let call = AWSCall(method: .post, url: "https://sqs.eu-central-1.amazonaws.com/1/q", body: [1])

    @Test func `an answer below 400 is returned and signed for the moment of sending`() async throws {
        let transport = FakeTransport([.status(304)])
        let response = try await caller(transport).send(call, readError: Self.readNothing)
        #expect(response.status == 304)
        #expect(transport.requests[0].fields["x-amz-date"] == "20261118T110640Z")
        #expect(transport.requests[0].fields["authorization"]?.contains("Credential=AKID/20261118/") == true)
        #expect(clock.sleeps.isEmpty)
    }

    @Test func `every attempt is signed anew with a new date`() async throws {
        let transport = FakeTransport([.status(500), .failure(.interrupted(reason: "")), .status(200)])
        let clock = clock
        let caller = caller(transport, clock: clock.clock { clock.advance(by: 7) })
        _ = try await caller.send(call, readError: Self.readNothing)
        let dates = transport.requests.compactMap { $0.fields["x-amz-date"] }
        #expect(dates == ["20261118T110640Z", "20261118T110647Z", "20261118T110654Z"])
        #expect(Set(transport.requests.compactMap { $0.fields["authorization"] }).count == 3)
        #expect(clock.sleeps == [.milliseconds(25), .milliseconds(50)])
    }

    @Test func `three attempts are made in all, and the last error is thrown`() async {
        let transport = FakeTransport([.status(503), .status(500), .status(502), .status(200)])
        await #expect(throws: AWSError.service(AWSServiceError(status: 502, code: "HTTP502", message: ""))) {
            try await caller(transport).send(call, readError: Self.readNothing)
        }
        #expect(transport.requests.count == 3)
    }

    @Test func `a permanent error is not tried again, and keeps what the reader found`() async {
        let transport = FakeTransport([.status(404, ["x-amzn-RequestId": "abc"])])
        let expected = AWSServiceError(status: 404, code: "NoSuchKey", message: "gone", requestID: "abc")
        await #expect(throws: AWSError.service(expected)) {
            try await caller(transport)
                .send(call) { _ in
                    AWSServiceError(status: 0, code: "NoSuchKey", message: "gone")
                }
        }
        #expect(transport.requests.count == 1)
    }

    @Test func `a throttled call waits as long as the service asks, within bounds`() async throws {
        let transport = FakeTransport([
            .status(403, ["x-amz-retry-after": "3000"], body: "RequestThrottled"),
            .status(503, ["Retry-After": "3600"], body: "SlowDown"), .status(200),
        ])
        _ = try await caller(transport).send(call, readError: Self.readCode)
        #expect(clock.sleeps == [.seconds(3), .seconds(6)])
    }

    @Test func `an empty bucket ends retrying at once`() async {
        let bucket = RetryBucket()
        #expect(bucket.take(RetryBucket.capacity - 14))
        let transport = FakeTransport(fallback: .status(500))
        await #expect(throws: AWSError.self) {
            try await caller(transport, bucket: bucket).send(call, readError: Self.readNothing)
        }
        #expect(transport.requests.count == 2)
        #expect(clock.sleeps.count == 1)
    }

    @Test func `a polling call sleeps before it fails on an empty bucket`() async {
        let bucket = RetryBucket()
        #expect(bucket.take(RetryBucket.capacity))
        let transport = FakeTransport(fallback: .status(403, body: "RequestThrottled"))
        var polling = call
        polling.isPolling = true
        await #expect(throws: AWSError.self) {
            try await caller(transport, bucket: bucket).send(polling, readError: Self.readCode)
        }
        #expect(transport.requests.count == 1)
        #expect(clock.sleeps == [.milliseconds(500)])
    }

    @Test func `a success gives back what the retry cost, or one token`() async throws {
        let bucket = RetryBucket()
        #expect(bucket.take(RetryBucket.capacity - 14))
        let transport = FakeTransport([.status(500), .status(200), .status(200)])
        let caller = caller(transport, bucket: bucket)
        _ = try await caller.send(call, readError: Self.readNothing)
        _ = try await caller.send(call, readError: Self.readNothing)
        #expect(bucket.take(15))
        #expect(!bucket.take(1))
    }

    @Test func `a wrong clock is corrected once, and remembered`() async throws {
        let clock = clock
        let transport = FakeTransport { request throws(HTTPTransportError) in
            guard request.fields["x-amz-date"] == "20261118T112640Z" else {
                let fields = HTTPFields(["Date": "Wed, 18 Nov 2026 11:26:40 GMT"])
                return HTTPResponse(status: 403, fields: fields, body: Array("RequestTimeTooSkewed".utf8))
            }
            return HTTPResponse(status: 200)
        }
        let caller = caller(transport)
        _ = try await caller.send(call, readError: Self.readCode)
        #expect(transport.requests.count == 2)
        _ = try await caller.send(call, readError: Self.readCode)
        #expect(transport.requests.count == 3)
        #expect(clock.sleeps.isEmpty)
    }

    @Test func `a refused signature under a right clock is not tried again`() async {
        let fields: KeyValuePairs = ["Date": "Wed, 18 Nov 2026 11:06:41 GMT"]
        let transport = FakeTransport(fallback: .status(403, fields, body: "SignatureDoesNotMatch"))
        await #expect(throws: AWSError.self) {
            try await caller(transport).send(call, readError: Self.readCode)
        }
        #expect(transport.requests.count == 1)
    }

    @Test func `refused credentials are replaced once and the request is signed with the others`()
        async throws
    {
        let source = SwappingCredentials()
        let transport = FakeTransport([.status(403, body: "ExpiredToken"), .status(200)])
        _ = try await caller(transport, credentials: source).send(call, readError: Self.readCode)
        #expect(transport.requests[0].fields["authorization"]?.contains("Credential=OLD/") == true)
        #expect(transport.requests[1].fields["authorization"]?.contains("Credential=NEW/") == true)
    }

    @Test func `others refused as well end the call`() async {
        let transport = FakeTransport(fallback: .status(403, body: "InvalidClientTokenId"))
        await #expect(throws: AWSError.self) {
            try await caller(transport, credentials: SwappingCredentials())
                .send(call, readError: Self.readCode)
        }
        #expect(transport.requests.count == 2)
    }

    @Test func `credentials that cannot be replaced are not tried again`() async {
        let transport = FakeTransport(fallback: .status(403, body: "ExpiredToken"))
        await #expect(throws: AWSError.self) {
            try await caller(transport).send(call, readError: Self.readCode)
        }
        #expect(transport.requests.count == 1)
    }

    @Test func `missing credentials are told apart from a failed call`() async {
        let transport = FakeTransport()
        let cache = CachedAWSCredentials(provider: AWSCredentialChain([]), clock: clock.clock())
        await #expect(throws: AWSError.credentials(reason: "none of  is configured")) {
            try await caller(transport, credentials: cache).send(call, readError: Self.readNothing)
        }
        #expect(transport.requests.isEmpty)
    }

    @Test func `cancelling ends a call that waits to try again`() async {
        let transport = FakeTransport(fallback: .status(500))
        let clock = clock.clock { unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() } }
        let caller = caller(transport, clock: clock)
        let task = Task { [call] in try await caller.send(call, readError: Self.readNothing) }
        await #expect(throws: AWSError.cancelled) { try await task.value }
        #expect(transport.requests.count == 1)
    }

    @Test func `a cancelled transfer is a cancelled call`() async {
        let transport = FakeTransport([.failure(.cancelled)])
        await #expect(throws: AWSError.cancelled) {
            try await caller(transport).send(call, readError: Self.readNothing)
        }
        #expect(transport.requests.count == 1)
    }

    @Test func `presigning uses the caller's credentials and clock`() async throws {
        let url = try await caller(FakeTransport()).presign(method: .get, url: "https://h/k", expiresIn: 60)
        #expect(
            url.hasPrefix("https://h/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261118%2F")
        )
    }

    private func caller(
        _ transport: FakeTransport,
        credentials: any AWSCredentialSource = StaticAWSCredentials(.test("AKID")),
        bucket: RetryBucket = RetryBucket(),
        clock: AWSClock? = nil
    ) -> AWSCaller {
        AWSCaller(
            service: .sqs,
            region: "eu-central-1",
            transport: transport,
            credentials: credentials,
            bucket: bucket,
            clock: clock ?? self.clock.clock()
        )
    }

    @Sendable private static func readNothing(_ response: HTTPResponse) -> AWSServiceError? { nil }

    /// Takes the whole body as the code.
    @Sendable private static func readCode(_ response: HTTPResponse) -> AWSServiceError? {
        let code = String(decoding: response.body, as: UTF8.self)
        return AWSServiceError(status: response.status, code: code, message: "")
    }
}

/// Hands out `OLD` until it was refused, then `NEW`.
private struct SwappingCredentials: AWSCredentialSource {
    func current() -> AWSCredentials { .test("OLD") }
    func replacement(for refused: AWSCredentials) -> AWSCredentials { .test("NEW") }
}
