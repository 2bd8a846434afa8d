import FoundationEssentials
import HTTPMessages

extension SQSQueryProtocol {
    /// Code and message of an answer of status 400 and above; nil when its body is not one of SQS.
    func error(in response: HTTPResponse) -> AWSServiceError? { AWSErrorDocument.read(response) }

    /// What became of one message, once its checksums are found right.
    func sent(
        in response: HTTPResponse,
        by operation: SQSOperation,
        _ message: SQSOutgoingMessage
    ) throws(AWSError) -> SQSSentMessage {
        try sent(in: try result(in: response, of: operation), message)
    }

    func sentBatch(
        in response: HTTPResponse,
        by operation: SQSOperation,
        _ messages: [SQSOutgoingMessage]
    ) throws(AWSError) -> SQSBatchResult<SQSSentMessage> {
        try batch(in: response, of: operation, count: messages.count) { (index, entry) throws(AWSError) in
            try sent(in: entry, messages[index])
        }
    }

    /// The answer to a batch whose entries say nothing but that they succeeded.
    func acceptedBatch(
        in response: HTTPResponse,
        by operation: SQSOperation,
        count: Int
    ) throws(AWSError) -> SQSBatchResult<Void> {
        try batch(in: response, of: operation, count: count) { _, _ in }
    }

    /// Throws unless this is the answer to the operation.
    func accepted(in response: HTTPResponse, by operation: SQSOperation) throws(AWSError) {
        _ = try root(of: response, to: operation)
    }

    func messages(in response: HTTPResponse, by operation: SQSOperation) throws(AWSError) -> [SQSMessage] {
        var messages: [SQSMessage] = []
        for element in try result(in: response, of: operation).children where element.isNamed("Message") {
            messages.append(try message(in: element))
        }
        return messages
    }

    func queueURL(in response: HTTPResponse, by operation: SQSOperation) throws(AWSError) -> SQSQueueURL {
        SQSQueueURL(rawValue: try text("QueueUrl", of: try result(in: response, of: operation)))
    }

    func attributes(
        in response: HTTPResponse,
        by operation: SQSOperation
    ) throws(AWSError) -> [String: String] {
        // A queue asked for no attributes may answer without a result.
        guard let result = try root(of: response, to: operation).child("GetQueueAttributesResult") else {
            return [:]
        }
        return try namedValues("Attribute", in: result)
    }
}

extension SQSQueryProtocol {
    private func root(of response: HTTPResponse, to operation: SQSOperation) throws(AWSError) -> XMLElement {
        guard (200..<300).contains(response.status) else {
            throw .malformedResponse(reason: "status \(response.status) where SQS answers 200")
        }
        let document: XMLDocument
        do throws(XMLError) {
            document = try XMLDocument(response.body)
        } catch {
            throw .malformedResponse(reason: error.description)
        }
        guard document.root.name == operation.action + "Response" else {
            throw .malformedResponse(reason: "not an answer to \(operation.action)")
        }
        return document.root
    }

    private func result(in response: HTTPResponse, of operation: SQSOperation) throws(AWSError) -> XMLElement
    {
        let name = operation.action + "Result"
        guard let result = try root(of: response, to: operation).children.first(where: { $0.name == name })
        else {
            throw .malformedResponse(reason: "an answer to \(operation.action) without its result")
        }
        return result
    }

    private func sent(
        in element: XMLElement,
        _ message: SQSOutgoingMessage
    ) throws(AWSError) -> SQSSentMessage {
        try SQSMessageDigest.check(element.text(of: "MD5OfMessageBody"), ofBody: message.body)
        let digest = element.text(of: "MD5OfMessageAttributes")
        try SQSMessageDigest.check(digest, ofAttributes: message.attributes)
        if let header = message.traceHeader {
            let digest = element.text(of: "MD5OfMessageSystemAttributes")
            try SQSMessageDigest.check(digest, ofAttributes: ["AWSTraceHeader": .string(header)])
        }
        return SQSSentMessage(messageID: try text("MessageId", of: element))
    }

    private func message(in element: XMLElement) throws(AWSError) -> SQSMessage {
        let body = try text("Body", of: element)
        try SQSMessageDigest.check(element.text(of: "MD5OfBody"), ofBody: body)
        let attributes = try messageAttributes(in: element)
        try SQSMessageDigest.check(element.text(of: "MD5OfMessageAttributes"), ofAttributes: attributes)
        return SQSMessage(
            messageID: try text("MessageId", of: element),
            receipt: SQSReceiptHandle(rawValue: try text("ReceiptHandle", of: element)),
            body: body,
            systemAttributes: try namedValues("Attribute", in: element),
            attributes: attributes
        )
    }

    private func messageAttributes(in element: XMLElement) throws(AWSError) -> [String: SQSMessageAttribute] {
        var attributes: [String: SQSMessageAttribute] = [:]
        for child in element.children where child.isNamed("MessageAttribute") {
            guard let value = child.child("Value") else { throw missing("Value") }
            let type = try text("DataType", of: value)
            let content: SQSMessageAttribute.Value
            if let encoded = value.text(of: "BinaryValue") {
                guard let bytes = Data(base64Encoded: encoded) else {
                    throw .malformedResponse(reason: "a binary attribute that is not base64")
                }
                content = .binary(Array(bytes))
            } else {
                content = .text(try text("StringValue", of: value))
            }
            attributes[try text("Name", of: child)] = SQSMessageAttribute(dataType: type, value: content)
        }
        return attributes
    }

    private func namedValues(
        _ name: StaticString,
        in element: XMLElement
    ) throws(AWSError) -> [String: String] {
        var values: [String: String] = [:]
        for child in element.children where child.isNamed(name) {
            values[try text("Name", of: child)] = try text("Value", of: child)
        }
        return values
    }

    /// Every entry of the batch must be in the answer, once.
    private func batch<Success: Sendable>(
        in response: HTTPResponse,
        of operation: SQSOperation,
        count: Int,
        read: (Int, XMLElement) throws(AWSError) -> Success
    ) throws(AWSError) -> SQSBatchResult<Success> {
        var entries = [Result<Success, SQSBatchFailure>?](repeating: nil, count: count)
        for element in try result(in: response, of: operation).children {
            guard let index = Int(try text("Id", of: element)), entries.indices.contains(index),
                entries[index] == nil
            else {
                throw .malformedResponse(
                    reason: "a batch's answer about an entry that was not sent, or twice"
                )
            }
            entries[index] =
                element.isNamed("BatchResultErrorEntry")
                ? .failure(try failure(in: element)) : .success(try read(index, element))
        }
        let answered = entries.compactMap(\.self)
        guard answered.count == count else {
            throw .malformedResponse(reason: "a batch's answer without some of its entries")
        }
        return SQSBatchResult(entries: answered)
    }

    private func failure(in element: XMLElement) throws(AWSError) -> SQSBatchFailure {
        SQSBatchFailure(
            code: SQSErrorCode(rawValue: try text("Code", of: element)),
            message: element.text(of: "Message") ?? "",
            isSenderFault: element.text(of: "SenderFault") == "true"
        )
    }

    private func text(_ name: StaticString, of element: XMLElement) throws(AWSError) -> String {
        guard let text = element.text(of: name) else { throw missing(name) }
        return text
    }

    private func missing(_ name: StaticString) -> AWSError {
        .malformedResponse(reason: "an answer without \(name)")
    }
}
