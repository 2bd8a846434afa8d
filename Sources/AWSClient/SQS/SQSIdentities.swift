/// Where a queue is: `https://sqs.<region>.amazonaws.com/<account>/<name>`.
package struct SQSQueueURL: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }
}

/// SQS's name for one receive of one message.
package struct SQSReceiptHandle: Hashable, Sendable, RawRepresentable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
}

/// A message and how long it is to stay hidden from now on.
package struct SQSVisibilityChange: Sendable, Equatable {
    package let receipt: SQSReceiptHandle
    /// 0 to 12 hours; parts of a second count as a whole one.
    package let timeout: Duration

    package init(receipt: SQSReceiptHandle, timeout: Duration) {
        self.receipt = receipt
        self.timeout = timeout
    }
}
