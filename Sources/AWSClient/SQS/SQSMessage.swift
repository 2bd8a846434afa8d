/// A message about to be sent.
package struct SQSOutgoingMessage: Sendable, Equatable {
    /// 1 to 1,048,576 bytes, attributes counted in, of characters that XML 1.0 allows.
    package var body: String
    /// At most ten.
    package var attributes: [String: SQSMessageAttribute]
    /// How long nobody can receive it: 0 to 15 minutes.
    package var delay: Duration
    /// On a standard queue the tenant, among whom SQS shares the queue fairly.
    package var groupID: String?
    /// The X-Ray trace this message belongs to.
    package var traceHeader: String?

    package init(
        body: String,
        attributes: [String: SQSMessageAttribute] = [:],
        delay: Duration = .zero,
        groupID: String? = nil,
        traceHeader: String? = nil
    ) {
        self.body = body
        self.attributes = attributes
        self.delay = delay
        self.groupID = groupID
        self.traceHeader = traceHeader
    }
}

/// What SQS says of a message that it accepted.
package struct SQSSentMessage: Sendable, Equatable {
    package let messageID: String

    package init(messageID: String) { self.messageID = messageID }
}

/// A received message, its checksums verified.
package struct SQSMessage: Sendable, Equatable {
    package let messageID: String
    package let receipt: SQSReceiptHandle
    package let body: String
    /// What SQS knows of the message, such as `ApproximateReceiveCount`; only what was asked for.
    package let systemAttributes: [String: String]
    /// What the sender attached; only what was asked for.
    package let attributes: [String: SQSMessageAttribute]

    package init(
        messageID: String,
        receipt: SQSReceiptHandle,
        body: String,
        systemAttributes: [String: String] = [:],
        attributes: [String: SQSMessageAttribute] = [:]
    ) {
        self.messageID = messageID
        self.receipt = receipt
        self.body = body
        self.systemAttributes = systemAttributes
        self.attributes = attributes
    }
}

/// A typed value that travels beside a message's body.
package struct SQSMessageAttribute: Sendable, Equatable {
    /// How the value is written.
    package enum Value: Sendable, Equatable {
        case text(String)
        case binary([UInt8])
    }

    /// `String`, `Number` or `Binary`, maybe with a label: `Number.float`.
    package let dataType: String
    package let value: Value

    package init(dataType: String, value: Value) {
        self.dataType = dataType
        self.value = value
    }

    /// An attribute of type `String`.
    package static func string(_ text: String) -> SQSMessageAttribute {
        SQSMessageAttribute(dataType: "String", value: .text(text))
    }

    /// An attribute of type `Number`, which SQS keeps as its digits.
    package static func number(_ number: Int) -> SQSMessageAttribute {
        SQSMessageAttribute(dataType: "Number", value: .text(String(number)))
    }

    /// An attribute of type `Binary`.
    package static func binary(_ bytes: [UInt8]) -> SQSMessageAttribute {
        SQSMessageAttribute(dataType: "Binary", value: .binary(bytes))
    }

    var valueByteCount: Int {
        switch value {
        case .text(let text): text.utf8.count
        case .binary(let bytes): bytes.count
        }
    }
}

/// What one receive asks for.
package struct SQSReceiveRequest: Sendable, Equatable {
    /// 1 to 10.
    package var limit: Int
    /// How long the call stays open for a first message: 0 to 20 s.
    ///
    /// Parts of a second count as a whole one, because a wait of 0 asks only some of SQS's servers.
    package var wait: Duration
    /// How long the messages are hidden then: 0 to 12 hours; nil for the queue's own setting.
    package var visibility: Duration?
    /// Names such as `ApproximateReceiveCount`, or `All`.
    package var systemAttributes: [String]
    /// Names of attributes that senders attached, or `All`.
    package var attributes: [String]

    package init(
        limit: Int = 10,
        wait: Duration = .zero,
        visibility: Duration? = nil,
        systemAttributes: [String] = [],
        attributes: [String] = []
    ) {
        self.limit = limit
        self.wait = wait
        self.visibility = visibility
        self.systemAttributes = systemAttributes
        self.attributes = attributes
    }
}
