internal import ImageJobs
internal import SQLite

/// A message that may be handed out.
struct QueueMessage: Sendable {
    private let id: Int64
    private let body: String
    /// How often it was handed out before.
    private let receiveCount: Int64

    init(_ row: borrowing SQLiteRow) throws(SQLiteError) {
        id = try row.integer(0)
        body = try row.text(1)
        receiveCount = try row.integer(2)
    }

    /// The message as its next receiver gets it.
    var delivery: Delivery {
        Delivery(
            receipt: Receipt(message: id, receive: receiveCount + 1).handle,
            content: JobID(body).map(Delivery.Content.job) ?? .unreadable,
            receiveCount: Int(receiveCount + 1)
        )
    }

    /// Hides the message and counts the receive; a message that came too often is marked dead instead.
    func take(
        at now: Timestamp,
        hiddenFor visibility: Duration,
        on connection: SQLiteConnection
    ) throws(SQLiteError) -> Bool {
        guard receiveCount < SQLiteJobQueue.maxReceiveCount else {
            try connection.run(
                "UPDATE messages SET dead_at = \(now.microsecondsSinceEpoch) WHERE id = \(id)"
            )
            return false
        }
        let hidden = min(max(visibility, .zero), SQLiteJobQueue.delayLimit)
        try connection.run(
            """
            UPDATE messages
            SET receive_count = receive_count + 1, visible_at = \(now.advanced(by: hidden).microsecondsSinceEpoch)
            WHERE id = \(id)
            """
        )
        return true
    }
}

/// What a receipt says: which message, and which of its receives.
///
/// The number of the receive makes each receipt new, and an old one recognisable.
struct Receipt: Sendable, Equatable {
    let message: Int64
    let receive: Int64

    init(message: Int64, receive: Int64) {
        self.message = message
        self.receive = receive
    }

    /// The receipt of a handle this queue gave; nil for any other text.
    init?(_ handle: ReceiptHandle) {
        let parts = handle.rawValue.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let message = Int64(parts[0]), let receive = Int64(parts[1]) else {
            return nil
        }
        self.init(message: message, receive: receive)
        guard self.handle == handle else { return nil }
    }

    var handle: ReceiptHandle { ReceiptHandle(rawValue: "\(message).\(receive)") }
}

/// How many messages a queue holds, of each kind.
package struct QueueCounts: Sendable, Equatable {
    package let visible: Int
    package let inFlight: Int
    /// Received too often and not handed out again.
    package let dead: Int

    init(at now: Timestamp, on connection: SQLiteConnection) throws(SQLiteError) {
        let at = now.microsecondsSinceEpoch
        let counts = try connection.first(
            """
            SELECT count(*) FILTER (WHERE dead_at IS NULL AND visible_at <= \(at)),
                count(*) FILTER (WHERE dead_at IS NULL AND visible_at > \(at)),
                count(*) FILTER (WHERE dead_at IS NOT NULL)
            FROM messages
            """
        ) { row throws(SQLiteError) in
            (Int(try row.integer(0)), Int(try row.integer(1)), Int(try row.integer(2)))
        }
        (visible, inFlight, dead) = counts ?? (0, 0, 0)
    }
}
