import AWSAdapters
import AWSClient
import HTTPMessages
import ImageJobs
import Synchronization
import TestSupport
import Testing

@Suite struct SQSJobQueueTests {
    @Test(arguments: JobQueuePromise.allCases)
    func `keeps the promises of a job queue`(_ promise: JobQueuePromise) async throws {
        let server = try await MiniStackServer.shared()
        let contract = JobQueueContract {
            SQSJobQueue(client: server.sqs(), queue: try await server.makeQueue())
        }
        try await contract.verify(promise)
    }

    @Test func `messages that are not ours are unreadable, and stay`() async throws {
        let server = try await MiniStackServer.shared()
        let (sqs, url) = (server.sqs(), try await server.makeQueue())
        let queue = SQSJobQueue(client: sqs, queue: url)
        let job = JobID(millisecondsSinceEpoch: 1, random: (2, 3))
        let bodies = [
            "hello", "{}", "[1]", "null", "{\"v\":2,\"job\":\"\(job)\"}", "{\"v\":1,\"job\":\"x\"}",
            "{\"v\":1}",
            "{\"v\":\"1\",\"job\":\"\(job)\"}", "{\"job\":\"\(job)\"}", "{\"v\":1,\"job\":\"\(job)\"",
        ]
        _ = try await sqs.send(bodies.map { SQSOutgoingMessage(body: $0) }, to: url)
        var deliveries: [Delivery] = []
        while deliveries.count < bodies.count {
            let more = try await queue.receive(limit: 10, wait: .seconds(5), visibility: .seconds(300))
            try #require(!more.isEmpty)
            deliveries += more
        }
        #expect(deliveries.allSatisfy { $0.content == .unreadable })
    }

    @Test func `a message typed by hand is read`() async throws {
        let server = try await MiniStackServer.shared()
        let (sqs, url) = (server.sqs(), try await server.makeQueue())
        let job = JobID(millisecondsSinceEpoch: 1, random: (2, 3))
        _ = try await sqs.send(SQSOutgoingMessage(body: "{ \"job\": \"\(job)\", \"v\": 1 }\n"), to: url)
        let queue = SQSJobQueue(client: sqs, queue: url)
        let received = try await queue.receive(limit: 1, wait: .seconds(5), visibility: .seconds(300))
        #expect(received.map(\.content) == [.job(job)])
    }

    @Test func `a queue that is not there, or not ours, is misconfigured`() async throws {
        let server = try await MiniStackServer.shared()
        let url = try await server.makeQueue()
        let missing = SQSJobQueue(client: server.sqs(), queue: SQSQueueURL(rawValue: url.rawValue + "-gone"))
        let powerless = try await server.makeUser(allowing: ["s3:GetObject"])
        let forbidden = SQSJobQueue(client: server.sqs(credentials: powerless), queue: url)
        for queue in [missing, forbidden] {
            await expectMisconfigured { try await queue.check() }
            await expectMisconfigured { _ = try await queue.send([JobID(high: 1, low: 2)]) }
            await expectMisconfigured {
                _ = try await queue.receive(limit: 1, wait: .zero, visibility: .zero)
            }
            await expectMisconfigured { _ = try await queue.acknowledge([ReceiptHandle(rawValue: "r")]) }
        }
    }

    private func expectMisconfigured(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ call: () async throws -> Void
    ) async {
        do {
            try await call()
            Issue.record("succeeded", sourceLocation: sourceLocation)
        } catch JobQueueError.misconfigured {
            return
        } catch {
            Issue.record(error, sourceLocation: sourceLocation)
        }
    }

    // MARK: - Batches, on a transport that plays SQS

    private func queue(_ transport: FakeTransport, concurrentBatches: Int = 4) throws -> SQSJobQueue {
        SQSJobQueue(
            client: SQSClient(
                caller: AWSCaller.fake(.sqs, over: transport),
                endpoints: try AWSEndpoints(region: "eu-central-1")
            ),
            queue: SQSQueueURL(rawValue: "https://sqs.eu-central-1.amazonaws.com/1/jobs"),
            concurrentBatches: concurrentBatches
        )
    }

    private func receipts(_ count: Int) -> [ReceiptHandle] {
        (0..<count).map { ReceiptHandle(rawValue: "r\($0)") }
    }

    @Test func `entries that failed are left out`() async throws {
        let body =
            "<DeleteMessageBatchResponse><DeleteMessageBatchResult>"
            + "<DeleteMessageBatchResultEntry><Id>0</Id></DeleteMessageBatchResultEntry>"
            + "<BatchResultErrorEntry><Id>1</Id><Code>InternalError</Code><SenderFault>false</SenderFault></BatchResultErrorEntry>"
            + "</DeleteMessageBatchResult></DeleteMessageBatchResponse>"
        let queue = try queue(FakeTransport([.status(200, body: body)]))
        #expect(try await queue.acknowledge(receipts(2)) == [ReceiptHandle(rawValue: "r0")])
    }

    /// Answers deletions, refusing the batches that hold a handle.
    private func deletions(
        refusing handle: String,
        inside: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> FakeTransport {
        FakeTransport { request throws(HTTPTransportError) in
            let form = String(decoding: request.body, as: UTF8.self)
            let entries = form.split(separator: "&").filter { $0.contains(".ReceiptHandle=") }
            inside(entries.count)
            let isRefused = entries.contains { $0.hasSuffix("=" + handle) }
            let results = entries.indices.map {
                "<DeleteMessageBatchResultEntry><Id>\($0)</Id></DeleteMessageBatchResultEntry>"
            }
            let body =
                isRefused
                ? "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
                : "<DeleteMessageBatchResponse><DeleteMessageBatchResult>\(results.joined())"
                    + "</DeleteMessageBatchResult></DeleteMessageBatchResponse>"
            return HTTPResponse(status: isRefused ? 403 : 200, body: Array(body.utf8))
        }
    }

    @Test func `a batch that fails hides nothing of the others`() async throws {
        let transport = deletions(refusing: "r12")
        let accepted = try await queue(transport).acknowledge(receipts(25))
        #expect(accepted == Set(receipts(10)).union(receipts(25).suffix(5)))
        #expect(transport.requests.count == 3)
    }

    @Test func `only when nothing was accepted does a call fail`() async throws {
        let queue = try queue(deletions(refusing: "r3"))
        await #expect(throws: JobQueueError.misconfigured(reason: "AccessDenied (HTTP 403)")) {
            try await queue.acknowledge(receipts(5))
        }
    }

    @Test func `batches have ten entries`() async throws {
        let sizes = Mutex<[Int]>([])
        let transport = deletions(refusing: "none") { size in sizes.withLock { $0.append(size) } }
        #expect(try await queue(transport).acknowledge(receipts(95)) == Set(receipts(95)))
        #expect(sizes.withLock { $0.sorted() } == [5] + Array(repeating: 10, count: 9))
    }

    @Test func `as many batches are under way as were allowed`() async throws {
        let running = Mutex((now: 0, most: 0))
        let body =
            "<SendMessageBatchResponse><SendMessageBatchResult/></SendMessageBatchResponse>"
        let transport = FakeTransport { _ throws(HTTPTransportError) in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            for _ in 0..<100 { await Task.yield() }
            running.withLock { $0.now -= 1 }
            return HTTPResponse(status: 200, body: Array(body.utf8))
        }
        let jobs = (0..<100).map { JobID(high: 1, low: $0) }
        let queue = try queue(transport, concurrentBatches: 2)
        // Every answer is without its entries, so that the call fails in the end.
        await #expect(throws: JobQueueError.self) { try await queue.send(jobs) }
        #expect(transport.requests.count == 10)
        #expect(running.withLock { $0.most } <= 2)
    }

    @Test func `a delay above twelve hours is a mistake`() async throws {
        let queue = try queue(FakeTransport())
        let change = VisibilityChange(receipt: ReceiptHandle(rawValue: "r"), delay: .seconds(43_201))
        await expectMisconfigured { _ = try await queue.changeVisibility([change]) }
    }
}
