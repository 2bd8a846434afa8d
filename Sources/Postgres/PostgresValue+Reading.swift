extension UnsafeRawBufferPointer {
    /// The whole buffer as one big-endian number; nil when its length is another.
    func bigEndian<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        guard count == MemoryLayout<Number>.size else { return nil }
        return unsafe Number(bigEndian: loadUnaligned(as: Number.self))
    }
}

extension Bool: PostgresReadable {
    package static var readableTypes: [PostgresType] { [.bool] }
    package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard let byte = unsafe bytes.bigEndian(UInt8.self) else { return nil }
        self = byte != 0
    }
}

extension Int64: PostgresReadable {
    package static var readableTypes: [PostgresType] { [.int8, .int4, .int2] }
    package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        switch bytes.count {
        case 8: unsafe self.init(bytes.bigEndian(Int64.self) ?? 0)
        case 4: unsafe self.init(bytes.bigEndian(Int32.self) ?? 0)
        case 2: unsafe self.init(bytes.bigEndian(Int16.self) ?? 0)
        default: return nil
        }
    }
}

extension Int: PostgresReadable {
    package static var readableTypes: [PostgresType] { Int64.readableTypes }
    package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard let number = unsafe Int64(postgresBytes: bytes) else { return nil }
        self.init(exactly: number)
    }
}

extension Double: PostgresReadable {
    package static var readableTypes: [PostgresType] { [.float8] }
    package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard let bits = unsafe bytes.bigEndian(UInt64.self) else { return nil }
        self.init(bitPattern: bits)
    }
}

extension String: PostgresReadable {
    package static var readableTypes: [PostgresType] { [.text, .varchar, .name, .json] }
    package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        unsafe self.init(validating: bytes, as: UTF8.self)
    }
}

extension [UInt8]: PostgresReadable {
    package static var readableTypes: [PostgresType] { [.bytea] }
    package init?(postgresBytes bytes: UnsafeRawBufferPointer) { unsafe self.init(bytes) }
}

extension PostgresUUID: PostgresReadable {
    package static var readableTypes: [PostgresType] { [.uuid] }
    package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 16 else { return nil }
        unsafe self.init(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }
}

extension PostgresTimestamp: PostgresReadable {
    package static var readableTypes: [PostgresType] { [.timestamptz] }
    package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard let microseconds = unsafe bytes.bigEndian(Int64.self) else { return nil }
        let (sinceEpoch, overflow) = microseconds.addingReportingOverflow(Self.serverEpoch)
        guard !overflow else { return nil }
        self.init(microsecondsSinceEpoch: sinceEpoch)
    }
}
