/// One call to SQS, before it is written in a protocol's form.
enum SQSOperation {
    case send(SQSOutgoingMessage)
    case sendBatch([SQSOutgoingMessage])
    case receive(SQSReceiveRequest)
    case delete(SQSReceiptHandle)
    case deleteBatch([SQSReceiptHandle])
    case changeVisibility(SQSVisibilityChange)
    case changeVisibilityBatch([SQSVisibilityChange])
    case getQueueURL(name: String, owner: String?)
    case getQueueAttributes(names: [String])

    /// The API's name for it.
    var action: String {
        switch self {
        case .send: "SendMessage"
        case .sendBatch: "SendMessageBatch"
        case .receive: "ReceiveMessage"
        case .delete: "DeleteMessage"
        case .deleteBatch: "DeleteMessageBatch"
        case .changeVisibility: "ChangeMessageVisibility"
        case .changeVisibilityBatch: "ChangeMessageVisibilityBatch"
        case .getQueueURL: "GetQueueUrl"
        case .getQueueAttributes: "GetQueueAttributes"
        }
    }

    /// Throws when SQS would refuse it.
    func check() throws(AWSError) {
        switch self {
        case .send(let message):
            try SQSLimits.check([message])
        case .sendBatch(let messages):
            try SQSLimits.check(messages)
        case .receive(let request):
            try SQSLimits.check(request)
        case .delete(let receipt):
            try SQSLimits.check(receipt)
        case .deleteBatch(let receipts):
            try SQSLimits.check(batchOf: receipts.count)
            for receipt in receipts { try SQSLimits.check(receipt) }
        case .changeVisibility(let change):
            try Self.check([change])
        case .changeVisibilityBatch(let changes):
            try Self.check(changes)
        case .getQueueURL, .getQueueAttributes:
            return
        }
    }

    private static func check(_ changes: [SQSVisibilityChange]) throws(AWSError) {
        try SQSLimits.check(batchOf: changes.count)
        for change in changes {
            try SQSLimits.check(change.receipt)
            try SQSLimits.check(visibility: change.timeout)
        }
    }
}
