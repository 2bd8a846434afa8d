import AWSClient
import HTTPMessages
import TestSupport
import Testing

/// What SQS is asked, and what it is not.
@Suite struct SQSRequestTests {
    private let queue = SQSQueueURL(rawValue: "https://sqs.eu-central-1.amazonaws.com/123456789012/jobs")

    /// The first request that the call makes; the answer is no answer, so the call fails.
    private func request(
        environment: [String: String] = [:],
        _ call: (SQSClient) async throws -> Void
    ) async throws -> (HTTPRequest, HTTPTransferLimits) {
        let transport = FakeTransport(fallback: .status(404))
        let endpoints = try AWSEndpoints(region: "eu-central-1", environment: environment)
        let client = SQSClient(caller: AWSCaller.fake(.sqs, over: transport), endpoints: endpoints)
        await #expect(throws: AWSError.self) { try await call(client) }
        return (try #require(transport.requests.first), try #require(transport.limits.first))
    }

    private func form(_ request: HTTPRequest) -> [String] {
        String(decoding: request.body, as: UTF8.self).split(separator: "&").map(String.init)
    }

    @Test func `a message is a form, encoded byte by byte`() async throws {
        var message = SQSOutgoingMessage(body: "a b+c&d=é*~", delay: .milliseconds(1500), groupID: "tenant")
        message.attributes = ["n": .binary([0xFB, 0xFF])]
        message.traceHeader = "Root=1-5759e988"
        let sent = message
        let (request, _) = try await request { _ = try await $0.send(sent, to: queue) }

        #expect(request.method == .post)
        #expect(request.url == queue.rawValue)
        #expect(request.fields["content-type"] == "application/x-www-form-urlencoded; charset=utf-8")
        #expect(request.fields["authorization"]?.contains("/eu-central-1/sqs/aws4_request") == true)
        #expect(
            form(request) == [
                "Action=SendMessage", "Version=2012-11-05",
                "QueueUrl=https%3A%2F%2Fsqs.eu-central-1.amazonaws.com%2F123456789012%2Fjobs",
                "MessageBody=a+b%2Bc%26d%3D%C3%A9%2A~", "DelaySeconds=2", "MessageGroupId=tenant",
                "MessageAttribute.1.Name=n", "MessageAttribute.1.Value.DataType=Binary",
                "MessageAttribute.1.Value.BinaryValue=%2B%2F8%3D",
                "MessageSystemAttribute.1.Name=AWSTraceHeader",
                "MessageSystemAttribute.1.Value.DataType=String",
                "MessageSystemAttribute.1.Value.StringValue=Root%3D1-5759e988",
            ]
        )
    }

    @Test func `batches number their entries`() async throws {
        let messages = [
            SQSOutgoingMessage(body: "a"), SQSOutgoingMessage(body: "b", attributes: ["x": .number(1)]),
        ]
        let (sent, _) = try await request { _ = try await $0.send(messages, to: queue) }
        #expect(
            form(sent).dropFirst(3) == [
                "SendMessageBatchRequestEntry.1.Id=0", "SendMessageBatchRequestEntry.1.MessageBody=a",
                "SendMessageBatchRequestEntry.2.Id=1", "SendMessageBatchRequestEntry.2.MessageBody=b",
                "SendMessageBatchRequestEntry.2.MessageAttribute.1.Name=x",
                "SendMessageBatchRequestEntry.2.MessageAttribute.1.Value.DataType=Number",
                "SendMessageBatchRequestEntry.2.MessageAttribute.1.Value.StringValue=1",
            ]
        )
        let receipt = SQSReceiptHandle(rawValue: "r/1+")
        let (deleted, _) = try await request { _ = try await $0.delete([receipt], from: queue) }
        #expect(
            form(deleted).dropFirst(3) == [
                "DeleteMessageBatchRequestEntry.1.Id=0",
                "DeleteMessageBatchRequestEntry.1.ReceiptHandle=r%2F1%2B",
            ]
        )
        let change = SQSVisibilityChange(receipt: receipt, timeout: .milliseconds(2001))
        let (changed, _) = try await request { _ = try await $0.changeVisibility([change], on: queue) }
        #expect(
            form(changed).dropFirst(3) == [
                "ChangeMessageVisibilityBatchRequestEntry.1.Id=0",
                "ChangeMessageVisibilityBatchRequestEntry.1.ReceiptHandle=r%2F1%2B",
                "ChangeMessageVisibilityBatchRequestEntry.1.VisibilityTimeout=3",
            ]
        )
    }

    @Test func `a long poll may take longer than it waits`() async throws {
        let poll = SQSReceiveRequest(
            limit: 7,
            wait: .milliseconds(19_001),
            visibility: .zero,
            systemAttributes: ["ApproximateReceiveCount", "SentTimestamp"],
            attributes: ["All"]
        )
        let (request, limits) = try await request { _ = try await $0.receive(poll, from: queue) }
        #expect(
            form(request).dropFirst(3) == [
                "MaxNumberOfMessages=7", "WaitTimeSeconds=20", "VisibilityTimeout=0",
                "AttributeName.1=ApproximateReceiveCount", "AttributeName.2=SentTimestamp",
                "MessageAttributeName.1=All",
            ]
        )
        #expect(limits.total >= .seconds(25))
        #expect(limits.total <= .seconds(40))
    }

    @Test func `an overriding endpoint is called in place of the queue's host`() async throws {
        let local = ["AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:4566/"]
        let (received, _) = try await request(environment: local) {
            try await $0.delete(.init(rawValue: "r"), from: queue)
        }
        #expect(received.url == "http://127.0.0.1:4566/123456789012/jobs")
        #expect(
            form(received)[2] == "QueueUrl=https%3A%2F%2Fsqs.eu-central-1.amazonaws.com%2F123456789012%2Fjobs"
        )
        let (named, _) = try await request { _ = try await $0.queueURL(named: "jobs", owner: "123456789012") }
        #expect(named.url == "https://sqs.eu-central-1.amazonaws.com/")
        #expect(form(named).dropFirst(2) == ["QueueName=jobs", "QueueOwnerAWSAccountId=123456789012"])
    }

    // MARK: - Limits

    /// Whether the call is refused before anything is sent.
    private func isRefused(_ call: (SQSClient) async throws(AWSError) -> Void) async throws -> Bool {
        let transport = FakeTransport(fallback: .status(404))
        let client = SQSClient(
            caller: AWSCaller.fake(.sqs, over: transport),
            endpoints: try AWSEndpoints(region: "eu-central-1")
        )
        do throws(AWSError) {
            try await call(client)
            return false
        } catch .invalidArgument {
            #expect(transport.requests.isEmpty)
            return true
        } catch {
            return false
        }
    }

    private func isRefused(_ messages: [SQSOutgoingMessage]) async throws -> Bool {
        try await isRefused { sqs throws(AWSError) in _ = try await sqs.send(messages, to: queue) }
    }

    @Test func `batches have one to ten entries`() async throws {
        let message = SQSOutgoingMessage(body: "x")
        let receipt = SQSReceiptHandle(rawValue: "r")
        for (count, refused) in [(0, true), (1, false), (10, false), (11, true)] {
            #expect(try await isRefused(Array(repeating: message, count: count)) == refused)
            let receipts = Array(repeating: receipt, count: count)
            #expect(
                try await isRefused { sqs throws(AWSError) in _ = try await sqs.delete(receipts, from: queue)
                } == refused
            )
            let changes = receipts.map { SQSVisibilityChange(receipt: $0, timeout: .zero) }
            #expect(
                try await isRefused { sqs throws(AWSError) in
                    _ = try await sqs.changeVisibility(changes, on: queue)
                }
                    == refused
            )
        }
    }

    @Test func `messages have one to 1048576 bytes, attributes and batches counted in`() async throws {
        let full = String(repeating: "x", count: 1_048_576)
        #expect(try await isRefused([SQSOutgoingMessage(body: "")]))
        #expect(try await !isRefused([SQSOutgoingMessage(body: full)]))
        #expect(try await isRefused([SQSOutgoingMessage(body: full + "x")]))
        let attribute = ["n": SQSMessageAttribute.string("v")]
        #expect(
            try await !isRefused([SQSOutgoingMessage(body: String(full.dropLast(8)), attributes: attribute)])
        )
        #expect(
            try await isRefused([SQSOutgoingMessage(body: String(full.dropLast(7)), attributes: attribute)])
        )
        let half = SQSOutgoingMessage(body: String(repeating: "é", count: 262_144))
        #expect(try await !isRefused([half, half]))
        #expect(try await isRefused([half, half, SQSOutgoingMessage(body: "x")]))
    }

    @Test func `only characters that XML can hold are sent`() async throws {
        for text in ["\u{0}", "\u{1}", "\u{8}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"] {
            #expect(try await isRefused([SQSOutgoingMessage(body: "a\(text)")]))
            #expect(
                try await isRefused([SQSOutgoingMessage(body: "a", attributes: ["n": .string("a\(text)")])])
            )
        }
        for text in [
            "\t", "\n", "\r", " ", "\u{7F}", "\u{D7FF}", "\u{E000}", "\u{FFFD}", "\u{10000}", "\u{10FFFF}",
        ] {
            #expect(try await !isRefused([SQSOutgoingMessage(body: text)]))
        }
    }

    @Test func `attributes are named and typed as SQS wants them`() async throws {
        let value = SQSMessageAttribute.string("v")
        for name in [
            "", "a b", "é", "AWS.x", "amazon.x", ".x", "x.", "a..b", String(repeating: "n", count: 257),
        ] {
            #expect(
                try await isRefused([SQSOutgoingMessage(body: "x", attributes: [name: value])]),
                "\(name)"
            )
        }
        let wrong = [
            SQSMessageAttribute(dataType: "Text", value: .text("v")), .string(""), .binary([]),
            SQSMessageAttribute(dataType: "Binary", value: .text("v")),
            SQSMessageAttribute(dataType: "String", value: .binary([1])),
            SQSMessageAttribute(dataType: "", value: .text("v")),
            SQSMessageAttribute(dataType: "String.a b", value: .text("v")),
        ]
        for attribute in wrong {
            #expect(try await isRefused([SQSOutgoingMessage(body: "x", attributes: ["n": attribute])]))
        }
        let eleven = Dictionary(uniqueKeysWithValues: (0..<11).map { ("n\($0)", value) })
        #expect(try await isRefused([SQSOutgoingMessage(body: "x", attributes: eleven)]))
        #expect(try await isRefused([SQSOutgoingMessage(body: "x", groupID: "")]))
        #expect(
            try await isRefused([SQSOutgoingMessage(body: "x", groupID: String(repeating: "g", count: 129))])
        )
        #expect(try await isRefused([SQSOutgoingMessage(body: "x", traceHeader: "a\nb")]))
    }

    @Test func `waits, visibilities and delays keep to their ranges`() async throws {
        func receive(_ request: SQSReceiveRequest) async throws -> Bool {
            try await isRefused { sqs throws(AWSError) in _ = try await sqs.receive(request, from: queue) }
        }
        for (limit, refused) in [(0, true), (1, false), (10, false), (11, true)] {
            #expect(try await receive(SQSReceiveRequest(limit: limit)) == refused)
        }
        for (wait, refused) in [(-1, true), (0, false), (20_000, false), (20_001, true)] {
            #expect(try await receive(SQSReceiveRequest(wait: .milliseconds(wait))) == refused)
        }
        for (seconds, refused) in [(-1, true), (0, false), (43_200, false), (43_201, true)] {
            #expect(try await receive(SQSReceiveRequest(visibility: .seconds(seconds))) == refused)
            let change = SQSVisibilityChange(receipt: .init(rawValue: "r"), timeout: .seconds(seconds))
            #expect(
                try await isRefused { sqs throws(AWSError) in
                    try await sqs.changeVisibility(change, on: queue)
                }
                    == refused
            )
        }
        for (seconds, refused) in [(-1, true), (0, false), (900, false), (901, true)] {
            #expect(try await isRefused([SQSOutgoingMessage(body: "x", delay: .seconds(seconds))]) == refused)
        }
        #expect(
            try await isRefused { sqs throws(AWSError) in
                try await sqs.delete(.init(rawValue: ""), from: queue)
            }
        )
    }
}
