/// A value of one of SQLite's five storage classes.
package enum SQLiteValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// What may be bound to a parameter of a query.
package protocol SQLiteBindable {
    /// The value as SQLite keeps it.
    var sqliteValue: SQLiteValue { get }
}

extension SQLiteValue: SQLiteBindable {
    /// The value itself.
    package var sqliteValue: SQLiteValue { self }
}

extension Int: SQLiteBindable {
    /// An integer of 64 bits.
    package var sqliteValue: SQLiteValue { .integer(Int64(self)) }
}

extension Int64: SQLiteBindable {
    /// An integer of 64 bits.
    package var sqliteValue: SQLiteValue { .integer(self) }
}

extension Double: SQLiteBindable {
    /// A floating-point number; SQLite keeps NaN as NULL.
    package var sqliteValue: SQLiteValue { .real(self) }
}

extension String: SQLiteBindable {
    /// Text in UTF-8.
    package var sqliteValue: SQLiteValue { .text(self) }
}

extension [UInt8]: SQLiteBindable {
    /// Bytes as they are.
    package var sqliteValue: SQLiteValue { .blob(self) }
}
