/// How each entry of a batch fared, in the order in which the entries were given.
///
/// SQS answers 200 when some entries, or all, failed.
package struct SQSBatchResult<Success: Sendable>: Sendable {
    package let entries: [Result<Success, SQSBatchFailure>]

    package init(entries: [Result<Success, SQSBatchFailure>]) { self.entries = entries }

    /// Those that failed, with their place in the batch.
    package var failures: [(index: Int, failure: SQSBatchFailure)] {
        entries.enumerated()
            .compactMap { index, entry in
                if case .failure(let failure) = entry { (index, failure) } else { nil }
            }
    }
}

/// Why SQS refused one entry of a batch.
package struct SQSBatchFailure: Error, Sendable, Equatable, CustomStringConvertible {
    package let code: SQSErrorCode
    /// The service's text: may repeat what was sent, so it is never logged at info or above.
    package let message: String
    /// Whether sending the same again would fail again.
    package let isSenderFault: Bool

    package init(code: SQSErrorCode, message: String, isSenderFault: Bool) {
        self.code = code
        self.message = message
        self.isSenderFault = isSenderFault
    }

    /// The code alone.
    package var description: String { code.rawValue }
}
