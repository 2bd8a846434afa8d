/// One statement and its bound values.
///
/// Written as a string whose interpolations become binds, so no value can turn into SQL:
///
///     "SELECT owner FROM jobs WHERE id = \(id)"
///
/// The text and the types of the values are the key of the prepared statement: it is parsed once per connection.
package struct PostgresQuery: Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
    let sql: String
    let binds: PostgresBinds

    init(sql: String) {
        self.sql = sql
        binds = PostgresBinds()
    }

    package init(stringLiteral value: String) { self.init(sql: value) }

    package init(stringInterpolation: Interpolation) {
        sql = stringInterpolation.sql
        binds = stringInterpolation.binds
    }

    /// The statement without its values.
    package var description: String { sql }

    /// Collects text and binds.
    package struct Interpolation: StringInterpolationProtocol {
        var sql: String
        var binds = PostgresBinds()

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql = ""
            sql.reserveCapacity(literalCapacity + interpolationCount * 3)
        }

        package mutating func appendLiteral(_ literal: String) { sql += literal }

        /// Binds a value.
        package mutating func appendInterpolation<Value: PostgresBindable>(_ value: Value) {
            binds.append(Value.type) { value.append(to: &$0) }
            appendPlaceholder()
        }

        /// Binds a value or null.
        package mutating func appendInterpolation<Value: PostgresBindable>(_ value: Value?) {
            if let value { return appendInterpolation(value) }
            binds.appendNull(Value.type)
            appendPlaceholder()
        }

        /// Binds an array of values, some of which may be null.
        package mutating func appendInterpolation<Value: PostgresBindable>(array: [Value?]) {
            binds.append(Value.type.array) { PostgresArray(elements: array).append(to: &$0) }
            appendPlaceholder()
        }

        /// Inserts a piece of SQL that is written in the source.
        package mutating func appendInterpolation(sql piece: StaticString) { sql += piece.description }

        private mutating func appendPlaceholder() { sql += "$\(binds.count)" }
    }
}

/// Bound values, encoded one after another in one buffer.
struct PostgresBinds: Sendable {
    private(set) var types: [UInt32] = []
    /// Where each value's bytes are; nil is null.
    private(set) var places: [Range<Int>?] = []
    private(set) var bytes: [UInt8] = []

    var count: Int { places.count }

    mutating func append(_ type: PostgresType, _ encode: (inout [UInt8]) -> Void) {
        let start = bytes.count
        encode(&bytes)
        types.append(type.rawValue)
        places.append(start..<bytes.count)
    }

    mutating func appendNull(_ type: PostgresType) {
        types.append(type.rawValue)
        places.append(nil)
    }
}
