import AWSClient
import Cryptography
import HTTPMessages
import TestSupport
import Testing

/// Answers of SQS, and of what is not SQS.
@Suite struct SQSAnswerTests {
    private let queue = SQSQueueURL(rawValue: "https://sqs.eu-central-1.amazonaws.com/123456789012/jobs")

    private func client(_ answers: FakeTransport.Answer...) throws -> SQSClient {
        let caller = AWSCaller.fake(.sqs, over: FakeTransport(answers))
        return SQSClient(caller: caller, endpoints: try AWSEndpoints(region: "eu-central-1"))
    }

    private func answer(_ action: String, _ result: String) -> FakeTransport.Answer {
        .status(
            200,
            body:
                "<?xml version=\"1.0\"?><\(action)Response xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\">"
                + "<\(action)Result>\(result)</\(action)Result>"
                + "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></\(action)Response>"
        )
    }

    private func md5(_ text: String) throws -> String {
        hexadecimal(try #require(MD5.digest(of: Array(text.utf8))))
    }

    private func message(
        _ body: String,
        escaped: String? = nil,
        md5: String? = nil,
        more: String = ""
    ) throws -> String {
        "<Message><MessageId>m</MessageId><ReceiptHandle>r</ReceiptHandle><MD5OfBody>"
            + (try md5 ?? self.md5(body)) + "</MD5OfBody><Body>\(escaped ?? body)</Body>\(more)</Message>"
    }

    /// What the call throws.
    private func error(_ call: () async throws(AWSError) -> Void) async -> AWSError? {
        do throws(AWSError) {
            try await call()
            return nil
        } catch {
            return error
        }
    }

    private func isMalformed(_ call: () async throws(AWSError) -> Void) async -> Bool {
        if case .malformedResponse = await error(call) { true } else { false }
    }

    // MARK: - Receiving

    @Test func `a message is read with all that came with it`() async throws {
        let sqs = try client(
            answer(
                "ReceiveMessage",
                try message(
                    "a&b\r\n",
                    escaped: "a&amp;b&#xD;&#10;",
                    more: "<Attribute><Name>ApproximateReceiveCount</Name><Value>3</Value></Attribute>"
                        + "<MessageAttribute><Name>n</Name><Value><DataType>Binary</DataType>"
                        + "<BinaryValue>+/8=</BinaryValue></Value></MessageAttribute>"
                )
            )
        )
        let received = try await sqs.receive(SQSReceiveRequest(), from: queue)
        #expect(
            received == [
                SQSMessage(
                    messageID: "m",
                    receipt: SQSReceiptHandle(rawValue: "r"),
                    body: "a&b\r\n",
                    systemAttributes: ["ApproximateReceiveCount": "3"],
                    attributes: ["n": .binary([0xFB, 0xFF])]
                )
            ]
        )
    }

    @Test func `checksums that do not fit are refused`() async throws {
        let request = SQSReceiveRequest()
        let wrong = try client(answer("ReceiveMessage", try message("a", md5: md5("b"))))
        #expect(
            await isMalformed { () throws(AWSError) in _ = try await wrong.receive(request, from: queue) }
        )
        let none = try client(answer("ReceiveMessage", try message("a", md5: "")))
        #expect(await isMalformed { () throws(AWSError) in _ = try await none.receive(request, from: queue) })
        let attributes =
            "<MessageAttribute><Name>n</Name><Value><DataType>String</DataType><StringValue>v</StringValue></Value>"
            + "</MessageAttribute><MD5OfMessageAttributes>\(try md5("b"))</MD5OfMessageAttributes>"
        let bent = try client(answer("ReceiveMessage", try message("a", more: attributes)))
        #expect(await isMalformed { () throws(AWSError) in _ = try await bent.receive(request, from: queue) })
        let sent = try client(
            answer(
                "SendMessage",
                "<MessageId>m</MessageId><MD5OfMessageBody>\(try md5("b"))</MD5OfMessageBody>"
            )
        )
        #expect(
            await isMalformed { () throws(AWSError) in
                _ = try await sent.send(SQSOutgoingMessage(body: "a"), to: queue)
            }
        )
    }

    @Test func `checksums of trace header and attributes are compared with what was sent`() async throws {
        var message = SQSOutgoingMessage(body: "a", attributes: ["n": .string("v")])
        message.traceHeader = "t"
        // Length, name, length, type, mark, length, value.
        let attributes = "\0\0\0\u{1}n\0\0\0\u{6}String\u{1}\0\0\0\u{1}v"
        let system = "\0\0\0\u{E}AWSTraceHeader\0\0\0\u{6}String\u{1}\0\0\0\u{1}t"
        func answering(_ first: String, _ second: String) throws -> SQSClient {
            try client(
                answer(
                    "SendMessage",
                    "<MessageId>m</MessageId><MD5OfMessageBody>\(try md5("a"))</MD5OfMessageBody>"
                        + "<MD5OfMessageAttributes>\(try md5(first))</MD5OfMessageAttributes>"
                        + "<MD5OfMessageSystemAttributes>\(try md5(second))</MD5OfMessageSystemAttributes>"
                )
            )
        }
        let outgoing = message
        #expect(try await answering(attributes, system).send(outgoing, to: queue).messageID == "m")
        for (first, second) in [("x", system), (attributes, "x")] {
            let sqs = try answering(first, second)
            #expect(await isMalformed { () throws(AWSError) in _ = try await sqs.send(outgoing, to: queue) })
        }
    }

    @Test func `answers that are not SQS's are refused`() async throws {
        let whole = try message("a")
        let bodies = [
            "", " ", "{}", "<html><body>Please log in</body></html>", "<!DOCTYPE html><html></html>",
            "<ReceiveMessageResponse/>", "<SendMessageResponse><SendMessageResult/></SendMessageResponse>",
            "<ErrorResponse><Error><Code>X</Code></Error></ErrorResponse>",
            "<ReceiveMessageResponse><ReceiveMessageResult>\(whole)",
            "<ReceiveMessageResponse><ReceiveMessageResult><Message/></ReceiveMessageResult></ReceiveMessageResponse>",
            String(repeating: "<a>", count: 100_000),
        ]
        for body in bodies {
            let sqs = try client(.status(200, body: body))
            #expect(
                await isMalformed { () throws(AWSError) in
                    _ = try await sqs.receive(SQSReceiveRequest(), from: queue)
                },
                "\(body.prefix(80))"
            )
        }
        let two = try client(answer("ReceiveMessage", whole + whole))
        #expect(
            await isMalformed { () throws(AWSError) in
                _ = try await two.receive(SQSReceiveRequest(limit: 1), from: queue)
            }
        )
        let redirect = try client(.status(302, ["location": "http://192.0.2.1/"]))
        #expect(
            await isMalformed { () throws(AWSError) in
                _ = try await redirect.receive(SQSReceiveRequest(), from: queue)
            }
        )
    }

    @Test func `an answer larger than the limit ends as the transport says`() async throws {
        let sqs = try client(.failure(.responseTooLarge(limit: 16)))
        let error = await error { () throws(AWSError) in
            _ = try await sqs.receive(SQSReceiveRequest(), from: queue)
        }
        #expect(error == .transport(.responseTooLarge(limit: 16)))
    }

    // MARK: - Batches

    @Test func `entries that failed are told apart from those that did not`() async throws {
        let sqs = try client(
            answer(
                "SendMessageBatch",
                "<BatchResultErrorEntry><Id>1</Id><Code>AWS.SimpleQueueService.InternalError</Code>"
                    + "<Message>no</Message><SenderFault>false</SenderFault></BatchResultErrorEntry>"
                    + "<SendMessageBatchResultEntry><Id>2</Id><MessageId>m2</MessageId>"
                    + "<MD5OfMessageBody>\(try md5("c"))</MD5OfMessageBody></SendMessageBatchResultEntry>"
                    + "<SendMessageBatchResultEntry><Id>0</Id><MessageId>m0</MessageId>"
                    + "<MD5OfMessageBody>\(try md5("a"))</MD5OfMessageBody></SendMessageBatchResultEntry>"
            )
        )
        let result = try await sqs.send(["a", "b", "c"].map { SQSOutgoingMessage(body: $0) }, to: queue)
        #expect(
            result.entries == [
                .success(SQSSentMessage(messageID: "m0")),
                .failure(
                    SQSBatchFailure(
                        code: SQSErrorCode(rawValue: "InternalError"),
                        message: "no",
                        isSenderFault: false
                    )
                ),
                .success(SQSSentMessage(messageID: "m2")),
            ]
        )
        #expect(result.failures.map(\.index) == [1])
        #expect(result.failures.first?.failure.description == "InternalError")
    }

    @Test func `a batch's answer names every entry once`() async throws {
        let entry = { (id: String) in
            "<DeleteMessageBatchResultEntry><Id>\(id)</Id></DeleteMessageBatchResultEntry>"
        }
        let receipts = ["a", "b"].map { SQSReceiptHandle(rawValue: $0) }
        let whole = try client(answer("DeleteMessageBatch", entry("0") + entry("1")))
        #expect(try await whole.delete(receipts, from: queue).failures.isEmpty)
        for ids in [
            ["0"], [], ["0", "0"], ["0", "2"], ["0", "1", "1"], ["0", "x"], ["0", "-1"], ["0", ""],
        ] {
            let sqs = try client(answer("DeleteMessageBatch", ids.map(entry).joined()))
            #expect(
                await isMalformed { () throws(AWSError) in _ = try await sqs.delete(receipts, from: queue) },
                "\(ids)"
            )
        }
    }

    // MARK: - Errors

    @Test(arguments: [
        "<ErrorResponse><Error><Type>Sender</Type><Code>%</Code><Message>m</Message></Error><RequestId>q</RequestId></ErrorResponse>",
        "<ErrorResponse xmlns='x'><Errors><Error><Code>%</Code><Message>m</Message></Error></Errors><RequestId>q</RequestId></ErrorResponse>",
        "<Response><Errors><Error><Code>%</Code><Message>m</Message></Error></Errors><RequestID>q</RequestID></Response>",
        "<Error><Code>%</Code><Message>m</Message><RequestId>q</RequestId></Error>",
    ])
    func `the code is found wherever it is`(_ document: String) async throws {
        let code = "AWS.SimpleQueueService.NonExistentQueue"
        let sqs = try client(.status(400, body: document.replacing("%", with: code)))
        let error = await error { () throws(AWSError) in
            try await sqs.delete(.init(rawValue: "r"), from: queue)
        }
        #expect(error == .service(AWSServiceError(status: 400, code: code, message: "m", requestID: "q")))
        #expect(AWSServiceError(status: 400, code: code, message: "").sqsCode == .nonExistentQueue)
    }

    @Test func `codes are the same with and without their prefix`() {
        #expect(SQSErrorCode(rawValue: "AWS.SimpleQueueService.NonExistentQueue") == .nonExistentQueue)
        #expect(SQSErrorCode(rawValue: "QueueDoesNotExist") == .nonExistentQueue)
        #expect(SQSErrorCode(rawValue: "OverLimit") == .overLimit)
        #expect(SQSErrorCode(rawValue: "AWS.SimpleQueueService.").rawValue == "")
    }

    @Test func `an error without a document keeps its status`() async throws {
        for body in [
            "", "nope", "<html><body><br></body></html>", "<ErrorResponse/>", "<Error><Code/></Error>",
        ] {
            let sqs = try client(.status(403, body: body))
            let error = await error { () throws(AWSError) in
                try await sqs.delete(.init(rawValue: "r"), from: queue)
            }
            #expect(error == .service(AWSServiceError(status: 403, code: "HTTP403", message: "")), "\(body)")
        }
    }

    @Test func `throttling with status 403 is tried again`() async throws {
        let throttled = FakeTransport.Answer.status(
            403,
            body: "<ErrorResponse><Error><Code>RequestThrottled</Code></Error></ErrorResponse>"
        )
        let sqs = try client(throttled, throttled, answer("DeleteMessage", ""))
        try await sqs.delete(SQSReceiptHandle(rawValue: "r"), from: queue)
    }

    @Test func `cancelling is told as such`() async throws {
        let sqs = try client()
        let caught = await withTaskGroup(of: AWSError?.self) { group in
            group.cancelAll()
            group.addTask {
                await error { () throws(AWSError) in
                    _ = try await sqs.receive(SQSReceiveRequest(), from: queue)
                }
            }
            return await group.next() ?? nil
        }
        #expect(caught == .cancelled)
    }
}
