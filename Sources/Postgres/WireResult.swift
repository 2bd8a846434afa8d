import CPostgres

/// One result as libpq hands it out, sorted by what it means.
enum WireResult {
    /// The statement is done.
    case done(PostgresRows)
    case refused(PostgresRefusal)
    /// The connection broke; the text is libpq's own.
    case broken(String)
    /// A statement before it in the pipeline was refused.
    case skipped
    /// Everything up to the mark is committed.
    case synced

    /// Takes over a result.
    init(taking result: OpaquePointer) {
        let status = unsafe PQresultStatus(result)
        if status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK {
            self = unsafe .done(PostgresRows(result))
            return
        }
        defer { unsafe PQclear(result) }
        switch status {
        case PGRES_PIPELINE_SYNC: self = .synced
        case PGRES_PIPELINE_ABORTED: self = .skipped
        default:
            guard let state = unsafe Self.text(imageapi_pq_sqlstate(result)) else {
                let message = unsafe Self.text(PQresultErrorMessage(result)) ?? "no reason given"
                self = .broken(message.split(whereSeparator: \.isNewline).joined(separator: "; "))
                return
            }
            let severity = unsafe Self.text(imageapi_pq_severity(result))
            self = unsafe .refused(
                PostgresRefusal(
                    sqlState: state,
                    message: Self.text(imageapi_pq_message(result)) ?? "",
                    constraint: Self.text(imageapi_pq_constraint(result)),
                    isFatal: severity == "FATAL" || severity == "PANIC"
                )
            )
        }
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String? {
        guard let pointer = unsafe pointer else { return nil }
        return unsafe String(cString: pointer)
    }
}

extension PostgresBinds {
    typealias Values = UnsafePointer<UnsafePointer<CChar>?>
    typealias Numbers = UnsafePointer<Int32>

    /// Lends the values in the form in which libpq takes them.
    func withPointers<Result>(_ body: (Values?, Numbers?, Numbers?) -> Result) -> Result {
        // An empty value still needs an address: a null pointer would mean null.
        let bytes = self.bytes.isEmpty ? [0] : self.bytes
        return unsafe bytes.withUnsafeBytes { buffer in
            let base = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = unsafe places.map { place in
                unsafe place.flatMap { unsafe base?.advanced(by: $0.lowerBound) }
            }
            let lengths = places.map { Int32($0?.count ?? 0) }
            let formats = [Int32](repeating: 1, count: count)
            return unsafe values.withUnsafeBufferPointer { values in
                unsafe lengths.withUnsafeBufferPointer { lengths in
                    unsafe formats.withUnsafeBufferPointer { formats in
                        unsafe body(values.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }
}
