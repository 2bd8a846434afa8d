/// A database file, open for reading and writing at the same time.
///
/// One connection writes and one reads, each on a thread of its own, so that no call blocks the shared pool and
/// a reader never waits for a disk. A read that begins after a write returned sees it.
package final class SQLiteDatabase: Sendable {
    private let writer: SQLiteLane
    private let reader: SQLiteLane

    private init(settings: SQLiteSettings) {
        writer = SQLiteLane(role: .writing, waitingLimit: settings.waitingLimit)
        reader = SQLiteLane(role: .reading, waitingLimit: settings.waitingLimit)
    }

    /// Opens the file or creates it, and brings its schema up to date.
    package static func open(
        path: String,
        settings: SQLiteSettings = .init(),
        migrations: [SQLiteMigration]
    ) async throws(SQLiteError) -> SQLiteDatabase {
        let database = SQLiteDatabase(settings: settings)
        try await database.writer.open(path: path, settings: settings, migrations: migrations)
        try await database.reader.open(path: path, settings: settings, migrations: [])
        return database
    }

    /// Runs the body in a transaction: committed, and as durable as the settings say, when this returns.
    ///
    /// Bodies of concurrent callers share a transaction, each undone alone when it fails. When the commit fails,
    /// it fails for all of them. A cancelled caller's body runs to its end once it waits.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteConnection) throws(SQLiteError) -> Value
    ) async throws(SQLiteError) -> Value {
        try await writer.run(body)
    }

    /// Runs the body on an unchanging view of the database; it may not write.
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteConnection) throws(SQLiteError) -> Value
    ) async throws(SQLiteError) -> Value {
        try await reader.run(body)
    }

    /// Moves the write-ahead log into the file and closes it.
    ///
    /// Later calls throw `.closed`.
    ///
    /// Without it the file is closed when the last reference goes; nothing is lost then either.
    package func close() async throws(SQLiteError) {
        try await reader.close()
        try await writer.close()
    }
}
