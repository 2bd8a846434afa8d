/// Why a call to Postgres did not succeed.
///
/// Descriptions hold no bound values and are safe to log.
package enum PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The caller's task was cancelled. Whether the statement took effect is unknown.
    case cancelled
    /// The deadline passed. `mayHaveCommitted` says whether the server may have carried the statement out.
    case deadlineExceeded(mayHaveCommitted: Bool)
    /// No connection became free before the deadline.
    case poolExhausted
    /// The pool was closed.
    case poolClosed
    /// No connection could be made.
    case connectFailed(reason: String)
    /// The connection broke. `mayHaveCommitted` says whether the server may have carried the statement out.
    case connectionLost(mayHaveCommitted: Bool, reason: String)
    /// The server refused the statement, which changed nothing.
    case refused(PostgresRefusal)
    /// An answer was not what the code expects.
    case unexpectedAnswer(String)

    /// What a caller can do about an error.
    package enum Disposition: Sendable, Equatable {
        case cancelled
        /// Nothing changed, and the same may succeed later.
        case unavailable
        /// Nothing changed; the transaction lost against another and may be run again at once.
        case conflict
        /// Unknown whether anything changed: read again by key, never blindly repeat.
        case outcomeUnknown
        /// Nothing changed, and trying again will not help.
        case rejected
    }

    package var disposition: Disposition {
        switch self {
        case .cancelled: .cancelled
        case .deadlineExceeded(let mayHaveCommitted), .connectionLost(let mayHaveCommitted, _):
            mayHaveCommitted ? .outcomeUnknown : .unavailable
        case .poolExhausted, .poolClosed, .connectFailed: .unavailable
        case .refused(let refusal): refusal.disposition
        case .unexpectedAnswer: .rejected
        }
    }

    /// The same error of a statement inside a transaction whose commit was never sent, so nothing can have changed.
    var beforeCommit: PostgresError {
        switch self {
        case .deadlineExceeded: .deadlineExceeded(mayHaveCommitted: false)
        case .connectionLost(_, let reason): .connectionLost(mayHaveCommitted: false, reason: reason)
        default: self
        }
    }

    package var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .deadlineExceeded(let mayHaveCommitted):
            mayHaveCommitted ? "deadline exceeded, effect unknown" : "deadline exceeded"
        case .poolExhausted: "no connection became free in time"
        case .poolClosed: "the connection pool is closed"
        case .connectFailed(let reason): "cannot connect: \(reason)"
        case .connectionLost(let mayHaveCommitted, let reason):
            (mayHaveCommitted ? "connection lost, effect unknown: " : "connection lost: ") + reason
        case .refused(let refusal): refusal.description
        case .unexpectedAnswer(let what): "unexpected answer: \(what)"
        }
    }
}
