import CPostgres

/// What a statement returned.
///
/// Owns libpq's result and reads columns out of it when asked.
@safe
package final class PostgresRows: @unchecked Sendable, RandomAccessCollection {
    // @unchecked: "PGresult objects are normally read-only after creation, and so can be passed around freely between
    // threads." https://www.postgresql.org/docs/15/libpq-threading.html
    private let result: OpaquePointer

    /// How many rows there are.
    package let count: Int
    /// How many rows the statement inserted, changed or deleted.
    package var affectedCount: Int { unsafe Int(String(cString: PQcmdTuples(result))) ?? 0 }
    /// What the server says it did, such as `COMMIT`.
    var command: String { unsafe String(cString: PQcmdStatus(result)) }

    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    package subscript(index: Int) -> PostgresRow {
        precondition(indices.contains(index))
        return PostgresRow(rows: self, index: index)
    }

    /// Takes over a result.
    init(_ result: OpaquePointer) {
        unsafe self.result = result
        unsafe count = Int(PQntuples(result))
    }

    deinit { unsafe PQclear(result) }

    /// The value at a row and a column; nil when it is null.
    func read<Value: PostgresReadable>(
        _ type: Value.Type,
        row: Int,
        column: Int
    ) throws(PostgresError) -> Value? {
        let (row, column) = (Int32(row), Int32(column))
        guard unsafe column < PQnfields(result), unsafe PQfformat(result, column) == 1 else {
            throw .unexpectedAnswer("no binary column \(column)")
        }
        guard unsafe PQgetisnull(result, row, column) == 0 else { return nil }
        let found = unsafe PostgresType(rawValue: PQftype(result, column))
        guard Value.readableTypes.contains(found) else {
            throw .unexpectedAnswer("column \(column) has type \(found.rawValue), not \(Value.self)")
        }
        let bytes = unsafe UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column),
            count: Int(PQgetlength(result, row, column))
        )
        guard let value = unsafe Value(postgresBytes: bytes) else {
            throw .unexpectedAnswer("column \(column) is malformed as \(Value.self)")
        }
        return value
    }
}

/// One row of a result.
package struct PostgresRow: Sendable {
    fileprivate let rows: PostgresRows
    fileprivate let index: Int

    /// The value in a column, counted from 0, that is never null.
    package func read<Value: PostgresReadable>(
        _ column: Int,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard let value = try rows.read(type, row: index, column: column) else {
            throw .unexpectedAnswer("column \(column) is null")
        }
        return value
    }

    /// The value in a column, counted from 0; nil when it is null.
    package func readOptional<Value: PostgresReadable>(
        _ column: Int,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value? {
        try rows.read(type, row: index, column: column)
    }
}
