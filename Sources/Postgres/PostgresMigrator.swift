/// Brings a database to the newest schema.
///
/// Each migration is one transaction. An advisory lock lets one migrator work at a time; the others wait and then
/// find everything done.
package struct PostgresMigrator: Sendable {
    private let settings: PostgresSettings
    private let migrations: [PostgresMigration]
    /// Any number that other programs on the database do not use for this: "image-api" in a few bits.
    private static let lockKey: Int64 = 0x696D_6167_6561_7069

    /// A migrator for these migrations, numbered 1, 2, 3 and so on.
    package init(_ settings: PostgresSettings, migrations: [PostgresMigration]) {
        precondition(
            migrations.map(\.number) == Array(1..<(migrations.count + 1)),
            "numbers run from 1 without gaps"
        )
        self.settings = settings
        self.migrations = migrations
    }

    /// Applies what is missing, and returns the numbers of what it applied.
    ///
    /// `timeout` bounds everything together, the wait for another migrator too.
    package func migrate(timeout: Duration = .seconds(300)) async throws(MigrationError) -> [Int] {
        let deadline = ContinuousClock.now + timeout
        // A session of its own: closing it frees the lock whatever happened, and its statements may take long.
        var settings = settings
        settings.queryTimeout = timeout
        let connection: PostgresConnection
        do {
            connection = try await PostgresConnection(settings)
        } catch {
            throw .database(error)
        }
        let outcome = await outcome { () async throws(MigrationError) in
            try await migrate(connection, deadline: deadline)
        }
        await connection.close()
        return try outcome.get()
    }

    private func migrate(
        _ connection: PostgresConnection,
        deadline: ContinuousClock.Instant
    ) async throws(MigrationError) -> [Int] {
        try await prepare(connection, deadline: deadline)
        let sums = try await checksums(connection, deadline: deadline)
        let applied = try await applied(connection, deadline: deadline)
        if let newest = applied.last?.number, newest > migrations.count {
            throw .newerSchema(found: newest, known: migrations.count)
        }
        for (migration, found) in zip(migrations, applied)
        where found.number != migration.number || found.checksum != sums[migration.number - 1] {
            throw .changed(number: migration.number, name: migration.name)
        }
        let missing = migrations.dropFirst(applied.count)
        for migration in missing {
            try await apply(
                migration,
                checksum: sums[migration.number - 1],
                on: connection,
                deadline: deadline
            )
        }
        return missing.map(\.number)
    }

    /// Takes the lock for the rest of the session, and makes sure that there is a table to write into.
    private func prepare(
        _ connection: PostgresConnection,
        deadline: ContinuousClock.Instant
    ) async throws(MigrationError) {
        do {
            _ = try await connection.query("SELECT pg_advisory_lock(\(Self.lockKey))", deadline: deadline)
            _ = try await connection.query(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    number integer PRIMARY KEY,
                    name text NOT NULL,
                    checksum text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now()
                )
                """,
                deadline: deadline
            )
        } catch {
            throw .database(error)
        }
    }

    /// The server's own digest of each migration.
    private func checksums(
        _ connection: PostgresConnection,
        deadline: ContinuousClock.Instant
    ) async throws(MigrationError) -> [String] {
        let texts: [String?] = migrations.map(\.sql)
        do {
            let rows = try await connection.query(
                """
                SELECT encode(sha256(convert_to(sql, 'UTF8')), 'hex')
                FROM unnest(\(array: texts)) WITH ORDINALITY AS migration (sql, number) ORDER BY number
                """,
                deadline: deadline
            )
            return try rows.map { row throws(PostgresError) in try row.read(0) }
        } catch {
            throw .database(error)
        }
    }

    private func applied(
        _ connection: PostgresConnection,
        deadline: ContinuousClock.Instant
    ) async throws(MigrationError) -> [(number: Int, checksum: String)] {
        do {
            let rows = try await connection.query(
                "SELECT number, checksum FROM schema_migrations ORDER BY number",
                deadline: deadline
            )
            return try rows.map { row throws(PostgresError) in (try row.read(0), try row.read(1)) }
        } catch {
            throw .database(error)
        }
    }

    private func apply(
        _ migration: PostgresMigration,
        checksum: String,
        on connection: PostgresConnection,
        deadline: ContinuousClock.Instant
    ) async throws(MigrationError) {
        do {
            await connection.begin()
            try await connection.script(migration.sql, deadline: deadline)
            _ = try await connection.query(
                """
                INSERT INTO schema_migrations (number, name, checksum)
                VALUES (\(migration.number), \(migration.name), \(checksum))
                """,
                deadline: deadline
            )
            try await connection.commit(deadline: deadline)
        } catch {
            // The session is closed next, which rolls back.
            throw .failed(number: migration.number, name: migration.name, error)
        }
    }

    private func outcome<Value>(
        of work: () async throws(MigrationError) -> Value
    ) async -> Result<Value, MigrationError> {
        do throws(MigrationError) {
            return .success(try await work())
        } catch {
            return .failure(error)
        }
    }
}
