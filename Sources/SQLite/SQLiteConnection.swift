internal import CSQLite

/// One open connection: closed exactly once, when its owner goes away.
///
/// Not for two threads at once: it belongs to the queue of one `SQLiteLane`, or to one test. Its calls block.
@safe
package final class SQLiteConnection {
    /// What a connection is used for.
    package enum Role: Sendable {
        case writing
        /// Refuses to change anything.
        case reading
    }

    private let handle: OpaquePointer
    /// Prepared statements at rest, by their SQL.
    ///
    /// One in use is taken out, so that it is never run twice at once.
    private var statements: [String: SQLiteStatement] = [:]
    /// Queries are constants of the program, so this is never reached unless one is built in a loop.
    private let statementLimit = 200

    /// Opens the file, or creates it.
    package init(path: String, settings: SQLiteSettings = .init(), role: Role = .writing) throws(SQLiteError)
    {
        guard !path.utf8.contains(0) else { throw .textContainsNUL }
        var handle: OpaquePointer?
        // No mutex of SQLite's own: never two threads at once. Extended result codes from the first call on.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let opened = unsafe handle else {
            // "Whether or not an error occurs when it is opened, resources associated with the database connection
            // handle should be released by passing it to sqlite3_close()" (https://www.sqlite.org/c3ref/open.html).
            unsafe sqlite3_close_v2(handle)
            throw .failed(SQLiteCode(rawValue: code))
        }
        unsafe self.handle = opened
        try configure(settings, role: role)
    }

    deinit {
        statements.removeAll()
        unsafe sqlite3_close_v2(handle)
    }

    /// True between BEGIN and the end of the transaction, which SQLite may also end by itself when an error is grave.
    package var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// How many rows the last INSERT, UPDATE or DELETE changed.
    package var changedRowCount: Int { unsafe Int(sqlite3_changes64(handle)) }

    private func configure(_ settings: SQLiteSettings, role: Role) throws(SQLiteError) {
        let code = unsafe sqlite3_busy_timeout(handle, settings.busyTimeoutMilliseconds)
        guard code == SQLITE_OK else { throw .failed(SQLiteCode(rawValue: code)) }
        // Setting the journal mode reads the file: what is no database is found here.
        let mode = try first("PRAGMA journal_mode = WAL") { row throws(SQLiteError) in try row.text(0) }
        guard mode == "wal" else {
            throw .failed(.cannotOpen, detail: "no write-ahead log on this file system")
        }
        // WAL: NORMAL syncs at checkpoints only, FULL also after each commit (https://www.sqlite.org/pragma.html#pragma_synchronous).
        switch settings.durability {
        case .full: try execute("PRAGMA synchronous = FULL")
        case .normal: try execute("PRAGMA synchronous = NORMAL")
        }
        try execute("PRAGMA foreign_keys = ON")
        // The schema is ours, but a file may be anyone's: its views and triggers get no functions with side effects.
        try execute("PRAGMA trusted_schema = OFF")
        if let pageLimit = settings.pageLimit { try execute("PRAGMA max_page_count = \(pageLimit)") }
        if role == .reading { try execute("PRAGMA query_only = ON") }
    }
}

// MARK: - Running queries

extension SQLiteConnection {
    /// Runs the query and drops its rows.
    package func run(_ query: SQLiteQuery) throws(SQLiteError) {
        try withStatement(query) { statement throws(SQLiteError) in while try statement.step() {} }
    }

    /// Runs the query and reads every row.
    package func rows<Value>(
        _ query: SQLiteQuery,
        _ read: (borrowing SQLiteRow) throws(SQLiteError) -> Value
    ) throws(SQLiteError) -> [Value] {
        try withStatement(query) { statement throws(SQLiteError) in
            var values: [Value] = []
            while try statement.step() { values.append(try read(statement.row)) }
            return values
        }
    }

    /// Runs the query and reads its first row; nil when there is none.
    ///
    /// Runs it to its end: a statement that changes rows and returns some has then changed all.
    package func first<Value>(
        _ query: SQLiteQuery,
        _ read: (borrowing SQLiteRow) throws(SQLiteError) -> Value
    ) throws(SQLiteError) -> Value? {
        try withStatement(query) { statement throws(SQLiteError) in
            guard try statement.step() else { return nil }
            let value = try read(statement.row)
            while try statement.step() {}
            return value
        }
    }

    /// Takes the statement from the cache or prepares it, binds, and puts it back.
    private func withStatement<Value>(
        _ query: SQLiteQuery,
        _ body: (SQLiteStatement) throws(SQLiteError) -> Value
    ) throws(SQLiteError) -> Value {
        let cached = statements.removeValue(forKey: query.sql)
        let statement = if let cached { cached } else { try prepare(query.sql) }
        defer {
            statement.reset()
            if statements.count >= statementLimit { statements.removeAll(keepingCapacity: true) }
            statements[query.sql] = statement
        }
        try statement.bind(query.values)
        return try body(statement)
    }

    private func prepare(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        var sql = sql
        var prepared: OpaquePointer?
        var code = SQLITE_OK
        var isWhole = true
        sql.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                var tail: UnsafePointer<CChar>?
                let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
                code = unsafe sqlite3_prepare_v3(
                    handle,
                    text.baseAddress,
                    Int32(text.count),
                    flags,
                    &prepared,
                    &tail
                )
                // Only the first statement is prepared, and the tail is what comes after it.
                if let start = text.baseAddress, let tail = unsafe tail {
                    isWhole = unsafe text[(tail - start)...].allSatisfy { $0 == 0x20 || $0 == 0x0A }
                }
            }
        }
        guard code == SQLITE_OK, let handle = unsafe prepared else { throw unreadable(code) }
        let statement = unsafe SQLiteStatement(handle)
        guard isWhole else { throw .failed(.error, detail: "a query is one statement") }
        return statement
    }

    /// Runs statements that stand in the program, one after the other, and drops their rows.
    func execute(_ script: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw unreadable(code) }
    }

    /// An error of a statement's text, with SQLite's words about it.
    ///
    /// They quote the statement, which is text of the
    /// program; values are bound later.
    private func unreadable(_ code: Int32) -> SQLiteError {
        let code = SQLiteCode(rawValue: code)
        guard code.primary == .error, let message = unsafe sqlite3_errmsg(handle) else {
            return .failed(code)
        }
        return .failed(code, detail: unsafe String(cString: message))
    }
}
