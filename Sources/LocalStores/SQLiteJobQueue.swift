package import ImageJobs
package import SQLite

/// A queue in a SQLite file, for one process: a poll wakes at once when a message is sent or comes back.
///
/// A message that was received `maxReceiveCount` times and never acknowledged is dead: it stays in the file for
/// people to look at and is not handed out again. Copies are one queue; two opened on one file are not, for
/// neither hears of what the other sends.
package struct SQLiteJobQueue: JobQueue {
    /// The number of receives after which a message is dead: well above attempts and interruptions together, so
    /// that only a message nothing can mark gets there.
    package static let maxReceiveCount = 50
    /// The longest a poll waits.
    package static let waitLimit: Duration = .seconds(20)
    /// The longest a message is hidden.
    package static let delayLimit: Duration = .seconds(12 * 3600)

    private let database: SQLiteDatabase
    private let now: @Sendable () -> Timestamp
    private let arrivals = ArrivalSignal()

    /// Opens the file, or creates it and its table.
    ///
    /// A commit survives the end of the process; after a power cut the last messages may be missing or come
    /// again, which a queue may do: the job's row decides, and the rescuer sends again what is missing.
    package static func open(
        path: String,
        settings: SQLiteSettings = .init(durability: .normal),
        now: @escaping @Sendable () -> Timestamp = WallClock.now
    ) async throws(JobQueueError) -> SQLiteJobQueue {
        do {
            let database = try await SQLiteDatabase.open(
                path: path,
                settings: settings,
                migrations: QueueSchema.migrations
            )
            return SQLiteJobQueue(database: database, now: now)
        } catch {
            throw JobQueueError(error)
        }
    }

    /// A queue in a database whose messages table exists.
    private init(database: SQLiteDatabase, now: @escaping @Sendable () -> Timestamp) {
        self.database = database
        self.now = now
    }

    /// Closes the file; later calls are refused as unavailable.
    package func close() async throws(JobQueueError) {
        do { try await database.close() } catch { throw JobQueueError(error) }
    }

    package func send(_ jobs: [JobID]) async throws(JobQueueError) -> Set<JobID> {
        guard !jobs.isEmpty else { return [] }
        try await send(bodies: jobs.map(\.description))
        return Set(jobs)
    }

    /// Sends messages with any text in them.
    package func send(bodies: [String]) async throws(JobQueueError) {
        try await write { [now] connection throws(SQLiteError) in
            let at = now().microsecondsSinceEpoch
            for body in bodies {
                try connection.run("INSERT INTO messages (body, visible_at) VALUES (\(body), \(at))")
            }
        }
        arrivals.notify()
    }

    package func receive(
        limit: Int,
        wait: Duration,
        visibility: Duration
    ) async throws(JobQueueError) -> [Delivery] {
        let deadline = ContinuousClock.now + min(wait, Self.waitLimit)
        while true {
            let version = arrivals.version
            let harvest = try await take(limit: min(max(limit, 1), 10), hiddenFor: visibility)
            guard harvest.deliveries.isEmpty else { return harvest.deliveries }
            let remaining = ContinuousClock.now.duration(to: deadline)
            guard remaining > .zero else { return [] }
            // Not less than a millisecond: a clock that stands still must not make this spin.
            let pause = max(.milliseconds(1), min(remaining, harvest.nextVisibleIn ?? remaining))
            await arrivals.wait(since: version, atMost: pause)
            guard !Task.isCancelled else { throw .cancelled }
        }
    }

    package func acknowledge(_ receipts: [ReceiptHandle]) async throws(JobQueueError) -> Set<ReceiptHandle> {
        guard !receipts.isEmpty else { return [] }
        return try await write { connection throws(SQLiteError) in
            var accepted: Set<ReceiptHandle> = []
            for handle in receipts {
                guard let receipt = Receipt(handle) else { continue }
                try connection.run(
                    "DELETE FROM messages WHERE id = \(receipt.message) AND receive_count = \(receipt.receive)"
                )
                // Deleted now or before: the message is gone, as asked. Left by an older receipt: another has it.
                let isDeleted = connection.changedRowCount == 1
                let isGone = if isDeleted { true } else { try Self.isMissing(receipt, on: connection) }
                if isGone { accepted.insert(handle) }
            }
            return accepted
        }
    }

    package func changeVisibility(
        _ changes: [VisibilityChange]
    ) async throws(JobQueueError) -> Set<ReceiptHandle> {
        guard !changes.isEmpty else { return [] }
        let accepted = try await write { [now] connection throws(SQLiteError) in
            let at = now()
            var accepted: Set<ReceiptHandle> = []
            for change in changes {
                guard let receipt = Receipt(change.receipt) else { continue }
                let visibleAt = at.advanced(by: Self.bounded(change.delay)).microsecondsSinceEpoch
                try connection.run(
                    """
                    UPDATE messages SET visible_at = \(visibleAt)
                    WHERE id = \(receipt.message) AND receive_count = \(receipt.receive) AND dead_at IS NULL
                    """
                )
                if connection.changedRowCount == 1 { accepted.insert(change.receipt) }
            }
            return accepted
        }
        // A poll may be waiting for a moment that is now earlier.
        arrivals.notify()
        return accepted
    }

    package func check() async throws(JobQueueError) {
        try await write { connection throws(SQLiteError) in
            try connection.run("SELECT id FROM messages LIMIT 1")
        }
    }

    /// How many messages there are, of each kind.
    package func counts() async throws(JobQueueError) -> QueueCounts {
        do {
            return try await database.read { [now] connection throws(SQLiteError) in
                try QueueCounts(at: now(), on: connection)
            }
        } catch {
            throw JobQueueError(error)
        }
    }

    private static func isMissing(
        _ receipt: Receipt,
        on connection: SQLiteConnection
    ) throws(SQLiteError) -> Bool {
        let found = try connection.first("SELECT id FROM messages WHERE id = \(receipt.message)") {
            row throws(SQLiteError) in try row.integer(0)
        }
        return found == nil
    }

    private static func bounded(_ delay: Duration) -> Duration { min(max(delay, .zero), delayLimit) }

    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteConnection) throws(SQLiteError) -> Value
    ) async throws(JobQueueError) -> Value {
        do { return try await database.write(body) } catch { throw JobQueueError(error) }
    }
}

// MARK: - Taking messages

extension SQLiteJobQueue {
    /// What one look at the queue gave.
    private struct Harvest: Sendable {
        var deliveries: [Delivery] = []
        /// When the next hidden message comes back; nil when none is hidden.
        var nextVisibleIn: Duration?
    }

    private func take(limit: Int, hiddenFor visibility: Duration) async throws(JobQueueError) -> Harvest {
        try await write { [now] connection throws(SQLiteError) in
            let at = now()
            var harvest = Harvest()
            // Dead ones make room for others: look again until something is found or nothing is visible.
            while harvest.deliveries.isEmpty {
                let found = try Self.visible(at: at, limit: limit, on: connection)
                if found.isEmpty { break }
                for message in found where try message.take(at: at, hiddenFor: visibility, on: connection) {
                    harvest.deliveries.append(message.delivery)
                }
            }
            if harvest.deliveries.isEmpty {
                harvest.nextVisibleIn = try Self.nextVisible(on: connection).map(at.duration(to:))
            }
            return harvest
        }
    }

    private static func visible(
        at now: Timestamp,
        limit: Int,
        on connection: SQLiteConnection
    ) throws(SQLiteError) -> [QueueMessage] {
        try connection.rows(
            """
            SELECT id, body, receive_count FROM messages
            WHERE dead_at IS NULL AND visible_at <= \(now.microsecondsSinceEpoch)
            ORDER BY visible_at, id LIMIT \(limit)
            """,
            QueueMessage.init
        )
    }

    private static func nextVisible(on connection: SQLiteConnection) throws(SQLiteError) -> Timestamp? {
        let moment = try connection.first("SELECT min(visible_at) FROM messages WHERE dead_at IS NULL") {
            row throws(SQLiteError) in try row.optionalInteger(0)
        }
        return (moment ?? nil).map(Timestamp.init(microsecondsSinceEpoch:))
    }
}
