/// An error that the server reported for a statement.
///
/// Its codes: https://www.postgresql.org/docs/15/errcodes-appendix.html
package struct PostgresRefusal: Sendable, Equatable, CustomStringConvertible {
    /// The five characters that name the condition.
    package let sqlState: String
    /// The server's sentence; may quote a value that was sent.
    let message: String
    /// The violated constraint, if one was.
    package let constraint: String?
    /// Whether the server ended the session with it.
    let isFatal: Bool

    package init(sqlState: String, message: String = "", constraint: String? = nil, isFatal: Bool = false) {
        self.sqlState = sqlState
        self.message = message
        self.constraint = constraint
        self.isFatal = isFatal
    }

    package var disposition: PostgresError.Disposition {
        switch sqlState {
        // Serialization failure, deadlock.
        case "40001", "40P01": .conflict
        // Read-only, lock not available, query cancelled by a time-out.
        case "25006", "55P03", "57014": .unavailable
        // Shutting down, crashed, starting up, database dropped, idle too long.
        case "57P01", "57P02", "57P03", "57P04", "57P05", "25P03": .unavailable
        default:
            switch sqlState.prefix(2) {
            // Connection exceptions, exhausted resources, errors of the machine below.
            case "08", "53", "58": .unavailable
            default: .rejected
            }
        }
    }

    /// Whether the session that reported it should not be used again.
    ///
    /// A read-only server is a demoted primary; a changed plan or a lost statement means that what the session
    /// prepared no longer fits.
    var spoilsSession: Bool {
        isFatal || ["25006", "0A000", "26000"].contains(sqlState)
    }

    package var description: String {
        var text = "SQLSTATE \(sqlState)"
        if let constraint { text += ", constraint \(constraint)" }
        // Data exceptions and errors raised by functions quote values; the other classes quote only names.
        if !message.isEmpty, !["22", "P0", "XX"].contains(sqlState.prefix(2)) { text += ": \(message)" }
        return text
    }
}
