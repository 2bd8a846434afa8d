import HTTPMessages
import Testing

@testable import AWSClient

struct RetryRulesTests {
    @Test(arguments: [
        (503, "SlowDown", FailureKind.throttled), (403, "RequestThrottled", .throttled),
        (400, "ThrottlingException", .throttled), (429, "HTTP429", .throttled),
        (403, "AWS.SimpleQueueService.RequestThrottled", .throttled),
        (500, "InternalError", .transient), (502, "HTTP502", .transient),
        (503, "ServiceUnavailable", .transient),
        (504, "HTTP504", .transient), (400, "RequestTimeout", .transient), (400, "BadDigest", .transient),
        (409, "ConditionalRequestConflict", .transient),
        (403, "ExpiredToken", .credentialsRefused), (403, "InvalidClientTokenId", .credentialsRefused),
        (403, "RequestTimeTooSkewed", .signatureRefused), (403, "SignatureDoesNotMatch", .signatureRefused),
        (403, "AccessDenied", .permanent), (404, "NoSuchKey", .permanent),
        (412, "PreconditionFailed", .permanent),
        (400, "AWS.SimpleQueueService.NonExistentQueue", .permanent), (501, "NotImplemented", .permanent),
    ])
    func `answers are sorted by what they say about trying again`(
        status: Int,
        code: String,
        kind: FailureKind
    ) {
        let error = AWSServiceError(status: status, code: code, message: "")
        #expect(FailureKind(.service(error), isHead: false) == kind)
    }

    @Test func `a refused HEAD may be a refused signature`() {
        let error = AWSServiceError(status: 403, code: "HTTP403", message: "")
        #expect(FailureKind(.service(error), isHead: true) == .signatureRefused)
    }

    @Test(arguments: [
        (HTTPTransportError.connectFailed(reason: ""), FailureKind.transient),
        (.interrupted(reason: ""), .transient),
        (.timedOut, .transient), (.tlsFailed(reason: ""), .transient), (.cancelled, .permanent),
        (.closed, .permanent),
        (.addressRefused, .permanent), (.responseTooLarge(limit: 1), .permanent),
        (.invalidRequest(reason: ""), .permanent),
    ])
    func `transport failures are tried again where that may help`(
        error: HTTPTransportError,
        kind: FailureKind
    ) {
        #expect(FailureKind(.transport(error), isHead: false) == kind)
    }

    @Test(arguments: [
        (1, FailureKind.transient, Duration.milliseconds(25)), (2, .transient, .milliseconds(50)),
        (1, .throttled, .milliseconds(500)), (3, .throttled, .seconds(2)), (6, .throttled, .seconds(10)),
        (1_000, .throttled, .seconds(10)),
    ])
    func `delays double up to twenty seconds, times chance`(retry: Int, kind: FailureKind, delay: Duration) {
        #expect(RetryPolicy().delay(before: retry, after: kind, chance: 0.5, asked: nil) == delay)
    }

    @Test(arguments: [
        (Duration.milliseconds(1), Duration.milliseconds(500)), (.seconds(2), .seconds(2)),
        (.seconds(3_600), .milliseconds(5_500)),
    ])
    func `what a service asks for is clamped`(asked: Duration, delay: Duration) {
        #expect(RetryPolicy().delay(before: 1, after: .throttled, chance: 0.5, asked: asked) == delay)
    }

    @Test func `the wait asked for is read in milliseconds or seconds`() {
        #expect(
            RetryAfter.duration(in: HTTPFields(["x-amz-retry-after": "1500", "retry-after": "9"]))
                == .milliseconds(1_500)
        )
        #expect(RetryAfter.duration(in: HTTPFields(["Retry-After": "9"])) == .seconds(9))
        for junk in ["", "-1", "soon", "99999999999", "Fri, 20 Nov 2026 13:30:10 GMT"] {
            #expect(RetryAfter.duration(in: HTTPFields(["Retry-After": junk])) == nil)
        }
    }

    @Test func `the bucket runs empty and fills up to its capacity`() {
        let bucket = RetryBucket()
        #expect(bucket.take(RetryBucket.capacity))
        #expect(!bucket.take(1))
        bucket.giveBack(3)
        #expect(!bucket.take(4))
        #expect(bucket.take(3))
        bucket.giveBack(RetryBucket.capacity * 2)
        #expect(!bucket.take(RetryBucket.capacity + 1))
        #expect(bucket.take(RetryBucket.capacity))
    }

    @Test func `each correction is made once, and every failure counts`() {
        var progress = CallProgress(limit: 5)
        #expect(progress.failed(.credentialsRefused) == .replaceCredentials)
        #expect(progress.failed(.signatureRefused) == .correctClock)
        #expect(progress.failed(.transient) == .retry(number: 3))
        #expect(progress.failed(.credentialsRefused) == .giveUp)
        var last = CallProgress(limit: 1)
        #expect(last.failed(.transient) == .giveUp)
        var permanent = CallProgress(limit: 3)
        #expect(permanent.failed(.permanent) == .giveUp)
    }

    @Test func `a clock is corrected per host, past five minutes, by steps of a minute`() {
        let skew = ClockSkew()
        let ours = AWSTime(seconds: 1_000_000)
        #expect(!skew.learn(from: "https://a/x", serverTime: ours + 300, ourTime: ours))
        #expect(skew.offset(for: "https://a/y") == 0)
        #expect(skew.learn(from: "https://a/x", serverTime: ours + 1_200, ourTime: ours))
        #expect(skew.offset(for: "https://a/y?z") == 1_200)
        #expect(skew.offset(for: "https://b/y") == 0)
        #expect(!skew.learn(from: "https://a?q", serverTime: ours + 1_260, ourTime: ours))
        #expect(skew.learn(from: "https://a", serverTime: ours + -1_261, ourTime: ours))
        #expect(skew.offset(for: "https://a/") == -1_261)
        #expect(skew.learn(from: "https://a", serverTime: ours, ourTime: ours))
        #expect(skew.offset(for: "https://a/") == 0)
    }
}
