internal import CSQLite

/// The row a statement stands on.
///
/// It cannot be copied, so it does not outlive the closure that reads it. Columns count from 0.
@safe
package struct SQLiteRow: ~Copyable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    /// Whether the column holds no value.
    package func isNull(_ column: Int) -> Bool {
        unsafe sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
    }

    /// The column's integer.
    package func integer(_ column: Int) throws(SQLiteError) -> Int64 {
        try expect(SQLITE_INTEGER, column)
        return unsafe sqlite3_column_int64(handle, Int32(column))
    }

    /// The column's floating-point number.
    package func real(_ column: Int) throws(SQLiteError) -> Double {
        try expect(SQLITE_FLOAT, column)
        return unsafe sqlite3_column_double(handle, Int32(column))
    }

    /// The column's text.
    package func text(_ column: Int) throws(SQLiteError) -> String {
        try expect(SQLITE_TEXT, column)
        // The pointer first, then the length: asking for the length first could convert the value
        // (https://www.sqlite.org/c3ref/column_blob.html).
        guard let bytes = unsafe sqlite3_column_text(handle, Int32(column)) else {
            throw .failed(.outOfMemory)
        }
        let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
        return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// The column's bytes.
    package func blob(_ column: Int) throws(SQLiteError) -> [UInt8] {
        try expect(SQLITE_BLOB, column)
        // "The return value from sqlite3_column_blob() for a zero-length BLOB is a NULL pointer."
        guard let bytes = unsafe sqlite3_column_blob(handle, Int32(column)) else { return [] }
        let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
    }

    /// The column's integer, or nil when it holds no value.
    package func optionalInteger(_ column: Int) throws(SQLiteError) -> Int64? {
        isNull(column) ? nil : try integer(column)
    }

    /// The column's text, or nil when it holds no value.
    package func optionalText(_ column: Int) throws(SQLiteError) -> String? {
        isNull(column) ? nil : try text(column)
    }

    /// SQLite would convert silently; a value of another type means a schema or a query we did not write.
    private func expect(_ type: Int32, _ column: Int) throws(SQLiteError) {
        let count = unsafe Int(sqlite3_column_count(handle))
        guard (0..<count).contains(column), unsafe sqlite3_column_type(handle, Int32(column)) == type else {
            throw .unexpectedValue(column: column)
        }
    }
}
