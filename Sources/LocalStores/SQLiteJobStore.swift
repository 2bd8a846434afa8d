package import ImageJobs
package import SQLite

/// Keeps jobs in a SQLite file.
///
/// Concurrent calls share a transaction and a sync of the disk, so that many submits per second are durable.
/// Copies are one store.
package struct SQLiteJobStore: JobStore {
    let database: SQLiteDatabase
    let now: @Sendable () -> Timestamp

    /// Opens the file, or creates it and its tables.
    ///
    /// `now` is the one clock of every time in the store.
    package static func open(
        path: String,
        settings: SQLiteSettings = .init(),
        now: @escaping @Sendable () -> Timestamp = WallClock.now
    ) async throws(JobStoreError) -> SQLiteJobStore {
        do {
            let database = try await SQLiteDatabase.open(
                path: path,
                settings: settings,
                migrations: JobSchema.migrations
            )
            return SQLiteJobStore(database: database, now: now)
        } catch {
            throw JobStoreError(error)
        }
    }

    /// Closes the file; later calls are refused as unavailable.
    package func close() async throws(JobStoreError) {
        do { try await database.close() } catch { throw JobStoreError(error) }
    }

    package func insert(_ jobs: [NewJob]) async throws(JobStoreError) -> [Job] {
        guard !jobs.isEmpty else { return [] }
        // JSON is made here, so that the connection's thread has only SQL to do.
        let rows = try jobs.map { job throws(JobStoreError) in
            (job: job, request: try RowJSON.encode(job.request))
        }
        let createdAt = try await write { [now] connection throws(SQLiteError) in
            let createdAt = now()
            let at = createdAt.microsecondsSinceEpoch
            for (job, request) in rows {
                try connection.run(
                    """
                    INSERT INTO jobs (id, owner, request, status, created_at, due_at)
                    VALUES (\(job.id.bytes), \(job.owner.rawValue), \(request), 'PENDING', \(at), \(at))
                    """
                )
            }
            return createdAt
        }
        return jobs.map { job in
            Job(
                id: job.id,
                owner: job.owner,
                request: job.request,
                createdAt: createdAt,
                attempt: 0,
                fence: Fence(rawValue: 0),
                state: .pending
            )
        }
    }

    package func find(_ id: JobID) async throws(JobStoreError) -> Job? {
        let row = try await read { connection throws(SQLiteError) in
            try JobRow.find(id, on: connection)
        }
        return if let row { try row.job() } else { nil }
    }

    /// Returns when the database reads, and still accepts writes.
    package func check() async throws(JobStoreError) {
        // An empty transaction: it needs the lock and a writer that has not given up, and writes nothing.
        try await write { connection throws(SQLiteError) in try connection.run("SELECT id FROM jobs LIMIT 1")
        }
    }

    /// Reads the whole file and compares it with itself.
    package func checkIntegrity() async throws(JobStoreError) {
        try await read { connection throws(SQLiteError) in try connection.checkIntegrity() }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteConnection) throws(SQLiteError) -> Value
    ) async throws(JobStoreError) -> Value {
        do { return try await database.write(body) } catch { throw JobStoreError(error) }
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteConnection) throws(SQLiteError) -> Value
    ) async throws(JobStoreError) -> Value {
        do { return try await database.read(body) } catch { throw JobStoreError(error) }
    }
}
