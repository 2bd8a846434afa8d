import HTTPMessages

/// SQS: queues of messages, each delivered at least once.
///
/// Arguments are checked before anything is sent, and the MD5 checksums of what SQS stored or delivers are
/// verified (where OpenSSL's configuration allows MD5).
package struct SQSClient: Sendable {
    /// How much longer than its wait a long poll may take.
    private static let pollMargin = Duration.seconds(10)
    private static let ordinary = HTTPTransferLimits(
        connect: .seconds(3),
        total: .seconds(10),
        responseBytes: 1024 * 1024
    )

    private let caller: any AWSCalling
    private let endpoints: AWSEndpoints
    private let wire = SQSQueryProtocol()

    /// `caller` signs for the service `sqs` in the queues' region.
    package init(caller: any AWSCalling, endpoints: AWSEndpoints) {
        self.caller = caller
        self.endpoints = endpoints
    }

    // MARK: - Sending

    /// Returns when the message is stored.
    package func send(
        _ message: SQSOutgoingMessage,
        to queue: SQSQueueURL
    ) async throws(AWSError) -> SQSSentMessage {
        let operation = SQSOperation.send(message)
        return try wire.sent(in: try await perform(operation, on: queue), by: operation, message)
    }

    /// Sends 1 to 10 messages, of at most 1,048,576 bytes together.
    package func send(
        _ messages: [SQSOutgoingMessage],
        to queue: SQSQueueURL
    ) async throws(AWSError) -> SQSBatchResult<SQSSentMessage> {
        let operation = SQSOperation.sendBatch(messages)
        return try wire.sentBatch(in: try await perform(operation, on: queue), by: operation, messages)
    }

    // MARK: - Receiving

    /// Waits for messages and returns those that came; each is hidden from others for the visibility timeout.
    ///
    /// Cancelling ends the call here, not at SQS: a message may then be hidden though nobody has it.
    package func receive(
        _ request: SQSReceiveRequest,
        from queue: SQSQueueURL
    ) async throws(AWSError) -> [SQSMessage] {
        let operation = SQSOperation.receive(request)
        let limits = HTTPTransferLimits(
            connect: Self.ordinary.connect,
            total: .seconds(request.wait.startedSeconds) + Self.pollMargin,
            responseBytes: XMLDocument.maximumBytes
        )
        let response = try await perform(operation, on: queue, limits: limits, isPolling: true)
        let messages = try wire.messages(in: response, by: operation)
        guard messages.count <= request.limit else {
            throw .malformedResponse(reason: "more messages than were asked for")
        }
        return messages
    }

    // MARK: - Deleting and hiding

    /// Deletes one received message.
    ///
    /// A message that is gone already is no error at AWS.
    package func delete(_ receipt: SQSReceiptHandle, from queue: SQSQueueURL) async throws(AWSError) {
        let operation = SQSOperation.delete(receipt)
        try wire.accepted(in: try await perform(operation, on: queue), by: operation)
    }

    /// Deletes 1 to 10 received messages.
    package func delete(
        _ receipts: [SQSReceiptHandle],
        from queue: SQSQueueURL
    ) async throws(AWSError) -> SQSBatchResult<Void> {
        let operation = SQSOperation.deleteBatch(receipts)
        let response = try await perform(operation, on: queue)
        return try wire.acceptedBatch(in: response, by: operation, count: receipts.count)
    }

    /// Hides one received message for its timeout from now on.
    package func changeVisibility(
        _ change: SQSVisibilityChange,
        on queue: SQSQueueURL
    ) async throws(AWSError) {
        let operation = SQSOperation.changeVisibility(change)
        try wire.accepted(in: try await perform(operation, on: queue), by: operation)
    }

    /// Hides 1 to 10 received messages, each for its timeout.
    package func changeVisibility(
        _ changes: [SQSVisibilityChange],
        on queue: SQSQueueURL
    ) async throws(AWSError) -> SQSBatchResult<Void> {
        let operation = SQSOperation.changeVisibilityBatch(changes)
        let response = try await perform(operation, on: queue)
        return try wire.acceptedBatch(in: response, by: operation, count: changes.count)
    }

    // MARK: - Queues

    /// The URL of a queue of this account, or of the account that owns it.
    package func queueURL(named name: String, owner: String? = nil) async throws(AWSError) -> SQSQueueURL {
        let operation = SQSOperation.getQueueURL(name: name, owner: owner)
        return try wire.queueURL(in: try await perform(operation, on: nil), by: operation)
    }

    /// Attributes such as `QueueArn` and `ApproximateNumberOfMessages`, or `All`.
    package func attributes(
        _ names: [String],
        of queue: SQSQueueURL
    ) async throws(AWSError) -> [String: String] {
        let operation = SQSOperation.getQueueAttributes(names: names)
        return try wire.attributes(in: try await perform(operation, on: queue), by: operation)
    }

    // MARK: - Calls

    private func perform(
        _ operation: SQSOperation,
        on queue: SQSQueueURL?,
        limits: HTTPTransferLimits = SQSClient.ordinary,
        isPolling: Bool = false
    ) async throws(AWSError) -> HTTPResponse {
        try operation.check()
        var call = wire.call(for: operation, queue: queue, url: url(of: queue))
        call.limits = limits
        call.isPolling = isPolling
        let wire = wire
        return try await caller.send(call) { wire.error(in: $0) }
    }

    /// A queue is called at its URL; where the endpoint was overridden, at that endpoint and the queue's path.
    private func url(of queue: SQSQueueURL?) -> String {
        let endpoint = endpoints.url(of: .sqs)
        guard let queue else { return endpoint + "/" }
        guard !endpoints.isAWS(.sqs) else { return queue.rawValue }
        let parts = queue.rawValue.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.count == 4 ? "\(endpoint)/\(parts[3])" : endpoint + "/"
    }
}
