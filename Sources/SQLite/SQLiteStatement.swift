internal import CSQLite

/// One prepared statement: finalized exactly once, when its owner lets it go.
///
/// Belongs to one connection and is used only where that connection is.
@safe
final class SQLiteStatement {
    private let handle: OpaquePointer

    /// Takes over a statement that was just prepared.
    init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Binds the values to the parameters, first to last.
    func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
        guard unsafe sqlite3_bind_parameter_count(handle) == values.count else { throw .wrongParameterCount }
        for (offset, value) in values.enumerated() {
            let code = try bind(value, at: Int32(offset + 1))
            guard code == SQLITE_OK else { throw .failed(SQLiteCode(rawValue: code)) }
        }
    }

    private func bind(_ value: SQLiteValue, at index: Int32) throws(SQLiteError) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(handle, index)
        case .integer(let number): return unsafe sqlite3_bind_int64(handle, index, number)
        case .real(let number): return unsafe sqlite3_bind_double(handle, index, number)
        case .text(var text):
            let code: Int32? = text.withUTF8 { bytes in
                guard unsafe !bytes.contains(0) else { return nil }
                guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
                return unsafe image_sqlite_bind_text(handle, index, bytes.baseAddress, count)
            }
            guard let code else { throw .textContainsNUL }
            return code
        case .blob(let bytes):
            return unsafe bytes.withUnsafeBytes { bytes in
                guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
                return unsafe image_sqlite_bind_blob(handle, index, bytes.baseAddress, count)
            }
        }
    }

    /// Runs to the next row.
    ///
    /// False when there is none.
    func step() throws(SQLiteError) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw .failed(SQLiteCode(rawValue: code), detail: constraintDetail(code))
        }
    }

    /// Ends the run and forgets the values, so that the statement holds no lock and no memory of them.
    func reset() {
        // "If the most recent call to sqlite3_step(S) indicated an error, then sqlite3_reset(S) returns an
        // appropriate error code": the one `step` has thrown (https://www.sqlite.org/c3ref/reset.html).
        unsafe sqlite3_reset(handle)
        // Never fails.
        unsafe sqlite3_clear_bindings(handle)
    }

    /// The current row; usable until the next step.
    var row: SQLiteRow { unsafe SQLiteRow(handle) }

    /// Which constraint refused: names of tables and columns, or the text of a trigger.
    ///
    /// Other messages might quote
    /// a value, so they are not read.
    private func constraintDetail(_ code: Int32) -> String? {
        guard SQLiteCode(rawValue: code).primary == .constraint,
            let message = unsafe sqlite3_errmsg(sqlite3_db_handle(handle))
        else { return nil }
        return unsafe String(cString: message)
    }
}
