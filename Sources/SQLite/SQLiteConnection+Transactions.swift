extension SQLiteConnection {
    /// Runs the body in one transaction that holds the write lock from the start: all of it, or on an error nothing.
    package func transaction<Value>(
        _ body: () throws(SQLiteError) -> Value
    ) throws(SQLiteError) -> Value {
        try run("BEGIN IMMEDIATE")
        return try finishing(body)
    }

    /// Runs the body on one unchanging view of the database.
    package func snapshot<Value>(_ body: () throws(SQLiteError) -> Value) throws(SQLiteError) -> Value {
        try run("BEGIN")
        return try finishing(body)
    }

    /// Runs the body inside the open transaction; on an error only what the body did is undone.
    package func savepoint<Value>(_ body: () throws(SQLiteError) -> Value) throws(SQLiteError) -> Value {
        precondition(isInTransaction, "a savepoint belongs into a transaction")
        try run("SAVEPOINT step")
        do {
            let value = try body()
            try run("RELEASE step")
            return value
        } catch {
            // A grave error has ended the whole transaction, and the savepoint with it.
            if isInTransaction {
                try run("ROLLBACK TO step")
                try run("RELEASE step")
            }
            throw error
        }
    }

    private func finishing<Value>(_ body: () throws(SQLiteError) -> Value) throws(SQLiteError) -> Value {
        do {
            let value = try body()
            try run("COMMIT")
            return value
        } catch {
            // "An error … might cause the transaction to be rolled back automatically"; a second ROLLBACK would
            // fail (https://www.sqlite.org/lang_transaction.html). Should this one fail, that is the graver error.
            if isInTransaction { try run("ROLLBACK") }
            throw error
        }
    }

    /// Reads the whole file and compares it with itself.
    ///
    /// Throws `.damaged`.
    package func checkIntegrity() throws(SQLiteError) {
        let findings = try rows("PRAGMA integrity_check") { row throws(SQLiteError) in try row.text(0) }
        guard findings == ["ok"] else { throw .damaged(problems: findings.count) }
        let orphans = try rows("PRAGMA foreign_key_check") { row throws(SQLiteError) in try row.text(0) }
        guard orphans.isEmpty else { throw .damaged(problems: orphans.count) }
    }

    /// Moves everything from the write-ahead log into the database file.
    package func checkpoint() throws(SQLiteError) { try run("PRAGMA wal_checkpoint(TRUNCATE)") }
}
