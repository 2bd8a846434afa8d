extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { bytes in unsafe append(contentsOf: bytes) }
    }
}

extension Bool: PostgresBindable {
    package static var type: PostgresType { .bool }
    package func append(to bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension Int64: PostgresBindable {
    package static var type: PostgresType { .int8 }
    package func append(to bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension Int: PostgresBindable {
    package static var type: PostgresType { .int8 }
    package func append(to bytes: inout [UInt8]) { bytes.append(bigEndian: Int64(self)) }
}

extension Double: PostgresBindable {
    package static var type: PostgresType { .float8 }
    package func append(to bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }
}

extension String: PostgresBindable {
    package static var type: PostgresType { .text }
    package func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
}

extension PostgresUUID: PostgresBindable {
    package static var type: PostgresType { .uuid }
    package func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: high)
        bytes.append(bigEndian: low)
    }
}

extension PostgresTimestamp: PostgresBindable {
    package static var type: PostgresType { .timestamptz }
    package func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: microsecondsSinceEpoch - Self.serverEpoch)
    }
}

extension Duration: PostgresBindable {
    package static var type: PostgresType { .interval }

    /// Microseconds, then no days and no months.
    package func append(to bytes: inout [UInt8]) {
        let (seconds, attoseconds) = components
        bytes.append(bigEndian: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: Int32(0))
    }
}

extension [UInt8]: PostgresBindable {
    package static var type: PostgresType { .bytea }
    package func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: self) }
}

/// A one-dimensional array of values, some of which may be null.
///
/// With `unnest` it carries a whole batch in one bind.
struct PostgresArray<Element: PostgresBindable>: Sendable {
    let elements: [Element?]

    /// The binary form is: dimensions, whether nulls occur, element type, length, lower bound, then each element with
    /// its own length (`array_recv` in the server's source).
    func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(elements.contains { $0 == nil } ? 1 : 0))
        bytes.append(bigEndian: Element.type.rawValue)
        guard !elements.isEmpty else { return }
        bytes.append(bigEndian: Int32(elements.count))
        bytes.append(bigEndian: Int32(1))
        for element in elements {
            let place = bytes.count
            bytes.append(bigEndian: Int32(-1))
            guard let element else { continue }
            element.append(to: &bytes)
            let length = Int32(bytes.count - place - 4)
            for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: length >> (24 - 8 * byte)) }
        }
    }
}
