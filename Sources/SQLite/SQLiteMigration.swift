/// One step of the schema: its number, counted from 1, and its SQL.
///
/// Never edited once merged.
package struct SQLiteMigration: Sendable {
    package let number: Int
    package let script: StaticString

    package init(_ number: Int, _ script: StaticString) {
        self.number = number
        self.script = script
    }
}

extension SQLiteConnection {
    /// The number of the last migration that ran; 0 for a new file.
    package func schemaVersion() throws(SQLiteError) -> Int {
        let version = try first("PRAGMA user_version") { row throws(SQLiteError) in try row.integer(0) }
        return Int(version ?? 0)
    }

    /// Brings the schema up to date, each migration in a transaction with its number.
    ///
    /// Refuses a file that a newer program wrote.
    package func migrate(_ migrations: [SQLiteMigration]) throws(SQLiteError) {
        precondition(
            migrations.enumerated().allSatisfy { $0.element.number == $0.offset + 1 },
            "migrations are numbered from 1 without gaps"
        )
        let found = try schemaVersion()
        guard found <= migrations.count else {
            throw .newerSchema(found: found, supported: migrations.count)
        }
        for migration in migrations.dropFirst(found) {
            try transaction { () throws(SQLiteError) in
                // Asked again under the lock: another process may have been quicker.
                guard try schemaVersion() < migration.number else { return }
                try execute(migration.script.description)
                try execute("PRAGMA user_version = \(migration.number)")
            }
        }
    }
}
