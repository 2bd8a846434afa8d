/// A value that can be bound to a statement, in Postgres's binary form.
package protocol PostgresBindable: Sendable {
    /// The type's number in the server's catalogue.
    static var type: PostgresType { get }
    /// Appends the binary form.
    func append(to bytes: inout [UInt8])
}

/// A value that can be read from a column.
package protocol PostgresReadable: Sendable {
    /// The column types it reads.
    static var readableTypes: [PostgresType] { get }
    /// The value of these bytes; nil when they are malformed.
    init?(postgresBytes bytes: UnsafeRawBufferPointer)
}

/// The number of a type in the server's catalogue (`pg_type.oid`), fixed for built-in types.
package struct PostgresType: Sendable, Hashable, RawRepresentable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    static let bool = PostgresType(rawValue: 16)
    static let bytea = PostgresType(rawValue: 17)
    static let name = PostgresType(rawValue: 19)
    static let int8 = PostgresType(rawValue: 20)
    static let int2 = PostgresType(rawValue: 21)
    static let int4 = PostgresType(rawValue: 23)
    static let text = PostgresType(rawValue: 25)
    static let json = PostgresType(rawValue: 114)
    static let float8 = PostgresType(rawValue: 701)
    static let varchar = PostgresType(rawValue: 1043)
    static let timestamptz = PostgresType(rawValue: 1184)
    static let interval = PostgresType(rawValue: 1186)
    static let uuid = PostgresType(rawValue: 2950)

    /// The type of arrays of this type.
    var array: PostgresType {
        switch self {
        case .bool: PostgresType(rawValue: 1000)
        case .bytea: PostgresType(rawValue: 1001)
        case .int8: PostgresType(rawValue: 1016)
        case .text: PostgresType(rawValue: 1009)
        case .float8: PostgresType(rawValue: 1022)
        case .timestamptz: PostgresType(rawValue: 1185)
        case .interval: PostgresType(rawValue: 1187)
        case .uuid: PostgresType(rawValue: 2951)
        default: preconditionFailure("no array of type \(rawValue) is bound")
        }
    }
}

/// The 128 bits of a `uuid`.
package struct PostgresUUID: Sendable, Hashable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// A moment, as `timestamptz` keeps it: whole microseconds.
package struct PostgresTimestamp: Sendable, Hashable {
    package let microsecondsSinceEpoch: Int64

    package init(microsecondsSinceEpoch: Int64) { self.microsecondsSinceEpoch = microsecondsSinceEpoch }

    /// The server counts from the year 2000.
    static let serverEpoch: Int64 = 946_684_800_000_000
}
