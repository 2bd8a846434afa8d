/// An error code of SQS, without the `AWS.SimpleQueueService.` that the query protocol puts before some.
package struct SQSErrorCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    /// Takes the code with or without the prefix, and the JSON protocol's names for the same errors.
    package init(rawValue: String) {
        let name = rawValue.hasPrefix(Self.prefix) ? String(rawValue.dropFirst(Self.prefix.count)) : rawValue
        self.rawValue = name == "QueueDoesNotExist" ? "NonExistentQueue" : name
    }

    private static let prefix = "AWS.SimpleQueueService."

    package static let nonExistentQueue = SQSErrorCode(rawValue: "NonExistentQueue")
    package static let receiptHandleIsInvalid = SQSErrorCode(rawValue: "ReceiptHandleIsInvalid")
    package static let messageNotInFlight = SQSErrorCode(rawValue: "MessageNotInflight")
    package static let invalidParameterValue = SQSErrorCode(rawValue: "InvalidParameterValue")
    package static let invalidMessageContents = SQSErrorCode(rawValue: "InvalidMessageContents")
    package static let overLimit = SQSErrorCode(rawValue: "OverLimit")
    package static let requestThrottled = SQSErrorCode(rawValue: "RequestThrottled")
    package static let accessDenied = SQSErrorCode(rawValue: "AccessDenied")
    package static let emptyBatchRequest = SQSErrorCode(rawValue: "EmptyBatchRequest")
    package static let tooManyEntries = SQSErrorCode(rawValue: "TooManyEntriesInBatchRequest")
    package static let batchRequestTooLong = SQSErrorCode(rawValue: "BatchRequestTooLong")
    package static let purgeInProgress = SQSErrorCode(rawValue: "PurgeQueueInProgress")
}

extension AWSServiceError {
    /// The code as SQS means it.
    package var sqsCode: SQSErrorCode { SQSErrorCode(rawValue: code) }
}
