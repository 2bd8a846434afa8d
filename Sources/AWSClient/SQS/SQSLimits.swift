/// What SQS accepts, checked before anything is sent.
///
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
package enum SQSLimits {
    package static let batchEntries = 10
    package static let messageBytes = 1_048_576
    package static let messageAttributes = 10
    package static let longestWait = Duration.seconds(20)
    package static let longestVisibility = Duration.seconds(43_200)
    package static let longestDelay = Duration.seconds(900)
    private static let nameBytes = 256
    private static let groupIDBytes = 128

    static func check(batchOf count: Int) throws(AWSError) {
        guard (1...batchEntries).contains(count) else { throw refusal("a batch has 1 to 10 entries") }
    }

    /// Checks each message, and what they are together.
    static func check(_ messages: [SQSOutgoingMessage]) throws(AWSError) {
        try check(batchOf: messages.count)
        var total = 0
        for message in messages { total += try byteCount(ofChecked: message) }
        guard total <= messageBytes else { throw refusal("a batch has at most \(messageBytes) bytes") }
    }

    static func check(_ request: SQSReceiveRequest) throws(AWSError) {
        guard (1...batchEntries).contains(request.limit) else {
            throw refusal("a receive asks for 1 to 10 messages")
        }
        guard (.zero...longestWait).contains(request.wait) else { throw refusal("a receive waits 0 to 20 s") }
        if let visibility = request.visibility { try check(visibility: visibility) }
    }

    static func check(visibility: Duration) throws(AWSError) {
        guard (.zero...longestVisibility).contains(visibility) else {
            throw refusal("a message is hidden for 0 to 43200 s")
        }
    }

    static func check(_ receipt: SQSReceiptHandle) throws(AWSError) {
        guard !receipt.rawValue.isEmpty else { throw refusal("the receipt handle is empty") }
    }

    private static func byteCount(ofChecked message: SQSOutgoingMessage) throws(AWSError) -> Int {
        guard !message.body.isEmpty else { throw refusal("the message is empty") }
        guard XMLCharacters.areAllowed(in: message.body) else {
            throw refusal("the message has a character that XML does not allow")
        }
        guard (.zero...longestDelay).contains(message.delay) else { throw refusal("a delay is 0 to 900 s") }
        guard message.attributes.count <= messageAttributes else {
            throw refusal("a message has at most 10 attributes")
        }
        if let groupID = message.groupID {
            guard (1...groupIDBytes).contains(groupID.utf8.count), isPrintable(groupID) else {
                throw refusal("a group id is 1 to 128 letters, digits and punctuation marks")
            }
        }
        if let header = message.traceHeader {
            guard !header.isEmpty, isPrintable(header) else {
                throw refusal("the trace header is not printable")
            }
        }
        var total = message.body.utf8.count
        for (name, attribute) in message.attributes {
            try check(attribute, named: name)
            total += name.utf8.count + attribute.dataType.utf8.count + attribute.valueByteCount
        }
        guard total <= messageBytes else { throw refusal("a message has at most \(messageBytes) bytes") }
        return total
    }

    private static func check(_ attribute: SQSMessageAttribute, named name: String) throws(AWSError) {
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        let lowercased = name.lowercased()
        guard isName, (1...nameBytes).contains(name.utf8.count), !name.hasPrefix("."), !name.hasSuffix("."),
            !name.contains(".."), !lowercased.hasPrefix("aws."), !lowercased.hasPrefix("amazon.")
        else { throw refusal("an attribute's name is not one that SQS takes") }
        let type = attribute.dataType.split(separator: ".", omittingEmptySubsequences: false).first ?? ""
        let isBinary = if case .binary = attribute.value { true } else { false }
        guard attribute.dataType.utf8.count <= nameBytes, isPrintable(attribute.dataType),
            isBinary ? type == "Binary" : type == "String" || type == "Number"
        else { throw refusal("an attribute's type is not that of its value") }
        guard attribute.valueByteCount > 0 else { throw refusal("an attribute's value is empty") }
        if case .text(let text) = attribute.value, !XMLCharacters.areAllowed(in: text) {
            throw refusal("an attribute has a character that XML does not allow")
        }
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private static func refusal(_ reason: String) -> AWSError { .invalidArgument(reason: reason) }
}

extension Duration {
    /// The span in seconds, a started second counted as a whole one.
    var startedSeconds: Int64 {
        let (seconds, attoseconds) = components
        return attoseconds > 0 ? seconds + 1 : seconds
    }
}
