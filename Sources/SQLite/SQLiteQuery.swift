/// One SQL statement with its values apart.
///
/// A value that is interpolated becomes a bound parameter, never text of the statement:
/// `"SELECT request FROM jobs WHERE id = \(id)"`. No other way leads into `sql`, so nobody's input can.
package struct SQLiteQuery: Sendable, ExpressibleByStringInterpolation {
    package private(set) var sql: String
    package private(set) var values: [SQLiteValue]

    package init(stringLiteral value: String) {
        sql = value
        values = []
    }

    package init(stringInterpolation: StringInterpolation) {
        sql = stringInterpolation.sql
        values = stringInterpolation.values
    }

    /// Gathers the text and the bound values of a query.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql: String
        fileprivate var values: [SQLiteValue]

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql = ""
            sql.reserveCapacity(literalCapacity + interpolationCount)
            values = []
            values.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { sql += literal }

        /// Binds the value.
        package mutating func appendInterpolation(_ value: some SQLiteBindable) {
            sql += "?"
            values.append(value.sqliteValue)
        }

        /// Binds the value, or NULL for nil.
        package mutating func appendInterpolation(_ value: (some SQLiteBindable)?) {
            sql += "?"
            values.append(value?.sqliteValue ?? .null)
        }

        /// Inserts text that stands in the program, such as a list of columns that several queries share.
        package mutating func appendInterpolation(sql text: StaticString) { sql += text.description }
    }
}
