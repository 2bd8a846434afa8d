import Cryptography
import HTTPMessages

/// The one place that knows how calls and answers of SQS are written: as forms and XML.
///
/// A second type with the same functions would be the JSON protocol; nobody else would notice.
struct SQSQueryProtocol {
    private static let version = "2012-11-05"
    private static let contentType = "application/x-www-form-urlencoded; charset=utf-8"

    /// The call for an operation, to be sent to this URL; `queue` is nil for calls that are about no queue.
    func call(for operation: SQSOperation, queue: SQSQueueURL?, url: String) -> AWSCall {
        var form = QueryForm(action: operation.action, version: Self.version)
        if let queue { form.append("QueueUrl", queue.rawValue) }
        switch operation {
        case .send(let message):
            append(message, to: &form, prefix: "")
        case .sendBatch(let messages):
            appendEntries(messages, of: operation, to: &form) { append($0, to: &$1, prefix: $2) }
        case .receive(let request):
            append(request, to: &form)
        case .delete(let receipt):
            form.append("ReceiptHandle", receipt.rawValue)
        case .deleteBatch(let receipts):
            appendEntries(receipts, of: operation, to: &form) { $1.append($2 + "ReceiptHandle", $0.rawValue) }
        case .changeVisibility(let change):
            append(change, to: &form, prefix: "")
        case .changeVisibilityBatch(let changes):
            appendEntries(changes, of: operation, to: &form) { append($0, to: &$1, prefix: $2) }
        case .getQueueURL(let name, let owner):
            form.append("QueueName", name)
            if let owner { form.append("QueueOwnerAWSAccountId", owner) }
        case .getQueueAttributes(let names):
            appendList(names, named: "AttributeName", to: &form)
        }
        let fields = HTTPFields(["content-type": Self.contentType])
        return AWSCall(method: .post, url: url, fields: fields, body: form.bytes)
    }

    /// The id of a batch's entry is its place: distinct, and found again in the answer.
    private func appendEntries<Entry>(
        _ entries: [Entry],
        of operation: SQSOperation,
        to form: inout QueryForm,
        append: (Entry, inout QueryForm, String) -> Void
    ) {
        for (index, entry) in entries.enumerated() {
            let prefix = "\(operation.action)RequestEntry.\(index + 1)."
            form.append(prefix + "Id", String(index))
            append(entry, &form, prefix)
        }
    }

    private func append(_ message: SQSOutgoingMessage, to form: inout QueryForm, prefix: String) {
        form.append(prefix + "MessageBody", message.body)
        if message.delay > .zero { form.append(prefix + "DelaySeconds", message.delay.startedSeconds) }
        if let groupID = message.groupID { form.append(prefix + "MessageGroupId", groupID) }
        for (index, (name, attribute)) in message.attributes.enumerated() {
            append(attribute, named: name, to: &form, prefix: "\(prefix)MessageAttribute.\(index + 1).")
        }
        if let header = message.traceHeader {
            append(
                .string(header),
                named: "AWSTraceHeader",
                to: &form,
                prefix: prefix + "MessageSystemAttribute.1."
            )
        }
    }

    private func append(
        _ attribute: SQSMessageAttribute,
        named name: String,
        to form: inout QueryForm,
        prefix: String
    ) {
        form.append(prefix + "Name", name)
        form.append(prefix + "Value.DataType", attribute.dataType)
        switch attribute.value {
        case .text(let text): form.append(prefix + "Value.StringValue", text)
        case .binary(let bytes): form.append(prefix + "Value.BinaryValue", base64(bytes))
        }
    }

    private func append(_ request: SQSReceiveRequest, to form: inout QueryForm) {
        form.append("MaxNumberOfMessages", Int64(request.limit))
        form.append("WaitTimeSeconds", request.wait.startedSeconds)
        if let visibility = request.visibility { form.append("VisibilityTimeout", visibility.startedSeconds) }
        appendList(request.systemAttributes, named: "AttributeName", to: &form)
        appendList(request.attributes, named: "MessageAttributeName", to: &form)
    }

    private func append(_ change: SQSVisibilityChange, to form: inout QueryForm, prefix: String) {
        form.append(prefix + "ReceiptHandle", change.receipt.rawValue)
        form.append(prefix + "VisibilityTimeout", change.timeout.startedSeconds)
    }

    private func appendList(_ values: [String], named name: String, to form: inout QueryForm) {
        for (index, value) in values.enumerated() { form.append("\(name).\(index + 1)", value) }
    }
}
