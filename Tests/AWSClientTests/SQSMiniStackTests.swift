import AWSClient
import TestSupport
import Testing

/// SQS through a server that checks signatures.
@Suite struct SQSMiniStackTests {
    private func makeQueue() async throws -> (sqs: SQSClient, queue: SQSQueueURL) {
        let server = try await MiniStackServer.shared()
        return (server.sqs(), try await server.makeQueue())
    }

    private let patiently = SQSReceiveRequest(
        limit: 10,
        wait: .seconds(5),
        visibility: .seconds(300),
        systemAttributes: ["All"],
        attributes: ["All"]
    )

    @Test func `a message is sent, received and deleted`() async throws {
        let (sqs, queue) = try await makeQueue()
        let body = "line one\nline two\t<&>\"' é 😀 + % = &amp;"
        let sent = try await sqs.send(SQSOutgoingMessage(body: body), to: queue)

        let received = try await sqs.receive(patiently, from: queue)

        #expect(received.map(\.messageID) == [sent.messageID])
        #expect(received.map(\.body) == [body])
        let message = try #require(received.first)
        #expect(message.systemAttributes["ApproximateReceiveCount"] == "1")
        try await sqs.delete(message.receipt, from: queue)
        #expect(try await sqs.attributes(["All"], of: queue)["ApproximateNumberOfMessagesNotVisible"] == "0")
    }

    @Test func `attributes of every kind arrive with a right checksum`() async throws {
        let (sqs, queue) = try await makeQueue()
        let attributes: [String: SQSMessageAttribute] = [
            "text": .string("a & b = c é"),
            "count": .number(42),
            "bytes": .binary([0, 1, 2, 253, 254, 255]),
            "Labelled.one": SQSMessageAttribute(dataType: "Number.float", value: .text("1.5")),
        ]
        let message = SQSOutgoingMessage(body: "x", attributes: attributes, groupID: "tenant-1")
        _ = try await sqs.send(message, to: queue)

        let received = try await sqs.receive(patiently, from: queue)

        #expect(received.first?.attributes == attributes)
    }

    @Test func `a batch is sent, hidden, shown and deleted`() async throws {
        let (sqs, queue) = try await makeQueue()
        let bodies = (0..<10).map { "message \($0)" }
        let sent = try await sqs.send(
            bodies.map { SQSOutgoingMessage(body: $0, attributes: ["n": .string($0)]) },
            to: queue
        )
        #expect(sent.failures.isEmpty)
        #expect(sent.entries.count == 10)

        let received = try await sqs.receive(patiently, from: queue)
        #expect(Set(received.map(\.body)) == Set(bodies))
        let changes = received.map { SQSVisibilityChange(receipt: $0.receipt, timeout: .zero) }
        #expect(try await sqs.changeVisibility(changes, on: queue).failures.isEmpty)

        let again = try await sqs.receive(patiently, from: queue)
        #expect(Set(again.map(\.body)) == Set(bodies))
        #expect(Set(again.map(\.systemAttributes["ApproximateReceiveCount"])) == ["2"])
        #expect(try await sqs.delete(again.map(\.receipt), from: queue).failures.isEmpty)
    }

    @Test func `one bad receipt fails alone`() async throws {
        let (sqs, queue) = try await makeQueue()
        _ = try await sqs.send(SQSOutgoingMessage(body: "x"), to: queue)
        let receipt = try #require(try await sqs.receive(patiently, from: queue).first).receipt
        let bad = SQSReceiptHandle(rawValue: "not a receipt")

        let changed = try await sqs.changeVisibility(
            [.init(receipt: bad, timeout: .seconds(9)), .init(receipt: receipt, timeout: .seconds(9))],
            on: queue
        )

        #expect(changed.failures.map(\.index) == [0])
        #expect(changed.failures.first?.failure.code == .receiptHandleIsInvalid)
        #expect(changed.failures.first?.failure.isSenderFault == true)
    }

    @Test func `a hidden message comes back when its visibility is zero`() async throws {
        let (sqs, queue) = try await makeQueue()
        _ = try await sqs.send(SQSOutgoingMessage(body: "x"), to: queue)
        let receipt = try #require(try await sqs.receive(patiently, from: queue).first).receipt
        try await sqs.changeVisibility(SQSVisibilityChange(receipt: receipt, timeout: .zero), on: queue)
        #expect(try await sqs.receive(patiently, from: queue).count == 1)
    }

    @Test func `an empty poll returns nothing`() async throws {
        let (sqs, queue) = try await makeQueue()
        #expect(try await sqs.receive(SQSReceiveRequest(wait: .seconds(1)), from: queue).isEmpty)
        #expect(try await sqs.receive(SQSReceiveRequest(), from: queue).isEmpty)
    }

    @Test func `a queue is found by its name and described`() async throws {
        let (sqs, queue) = try await makeQueue()
        let name = try #require(queue.rawValue.split(separator: "/").last)
        #expect(try await sqs.queueURL(named: String(name)) == queue)
        let attributes = try await sqs.attributes(["QueueArn", "VisibilityTimeout"], of: queue)
        #expect(attributes.count == 2)
        #expect(attributes["QueueArn"]?.hasSuffix(":\(name)") == true)
        #expect(attributes["VisibilityTimeout"] == "30")
    }

    @Test func `a missing queue is a typed error`() async throws {
        let (sqs, queue) = try await makeQueue()
        let missing = SQSQueueURL(rawValue: queue.rawValue + "-gone")
        do {
            _ = try await sqs.send(SQSOutgoingMessage(body: "x"), to: missing)
            Issue.record("sent to a queue that does not exist")
        } catch .service(let error) {
            #expect(error.sqsCode == .nonExistentQueue)
            #expect(error.status == 400)
            #expect(error.requestID != nil)
        }
    }

    @Test func `a wrong secret is refused`() async throws {
        let server = try await MiniStackServer.shared()
        let queue = try await server.makeQueue()
        let wrong = AWSCredentials(accessKeyID: server.user.accessKeyID, secretAccessKey: AWSSecret("wrong"))
        do {
            _ = try await server.sqs(credentials: wrong).receive(SQSReceiveRequest(), from: queue)
            Issue.record("received with a wrong secret")
        } catch .service(let error) {
            #expect(error.code == "SignatureDoesNotMatch")
        }
    }

    @Test func `a user without permission is refused`() async throws {
        let server = try await MiniStackServer.shared()
        let queue = try await server.makeQueue()
        let sender = try await server.makeUser(allowing: ["sqs:SendMessage"])
        let sqs = server.sqs(credentials: sender)
        _ = try await sqs.send(SQSOutgoingMessage(body: "allowed"), to: queue)
        do {
            _ = try await sqs.receive(SQSReceiveRequest(), from: queue)
            Issue.record("received without permission")
        } catch .service(let error) {
            #expect(error.sqsCode == .accessDenied)
        }
    }
}
