internal import CSQLite

/// What went wrong in the database.
///
/// Safe to log: it holds result codes, and names of the schema where SQLite reports those, but never a bound value.
package enum SQLiteError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The caller's task was cancelled before its work began.
    case cancelled
    /// SQLite refused. `detail` is there only where it cannot hold a value.
    case failed(SQLiteCode, detail: String? = nil)
    /// A column holds another type than asked for, or is not there.
    case unexpectedValue(column: Int)
    /// Text with a NUL character, which SQL functions would cut, cannot be bound.
    case textContainsNUL
    /// The query binds fewer or more values than the statement has parameters.
    case wrongParameterCount
    /// The file was written by a newer version of this program.
    case newerSchema(found: Int, supported: Int)
    /// The integrity check found damage.
    case damaged(problems: Int)
    /// As many callers wait as may.
    case overloaded
    /// Writing has stopped since the disk failed to keep what was written; reopen to go on.
    case durabilityLost
    /// The database was closed.
    case closed

    package var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .failed(let code, nil): code.description
        case .failed(let code, let detail?): "\(code): \(detail)"
        case .unexpectedValue(let column): "column \(column) does not hold the expected type"
        case .textContainsNUL: "text contains NUL"
        case .wrongParameterCount: "the number of bound values is wrong"
        case .newerSchema(let found, let supported):
            "schema version \(found) is newer than \(supported), the newest this program knows"
        case .damaged(let problems): "the integrity check found \(problems) problem(s)"
        case .overloaded: "too many callers wait"
        case .durabilityLost: "writing stopped after a failed sync"
        case .closed: "the database is closed"
        }
    }
}

/// An extended result code of SQLite (https://www.sqlite.org/rescode.html).
package struct SQLiteCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// The low eight bits: the kind of error.
    package var primary: SQLiteCode { SQLiteCode(rawValue: rawValue & 0xFF) }

    package static let error = SQLiteCode(rawValue: SQLITE_ERROR)
    package static let busy = SQLiteCode(rawValue: SQLITE_BUSY)
    package static let locked = SQLiteCode(rawValue: SQLITE_LOCKED)
    package static let outOfMemory = SQLiteCode(rawValue: SQLITE_NOMEM)
    package static let readOnly = SQLiteCode(rawValue: SQLITE_READONLY)
    package static let inputOutput = SQLiteCode(rawValue: SQLITE_IOERR)
    package static let corrupt = SQLiteCode(rawValue: SQLITE_CORRUPT)
    package static let full = SQLiteCode(rawValue: SQLITE_FULL)
    package static let cannotOpen = SQLiteCode(rawValue: SQLITE_CANTOPEN)
    package static let lockProtocol = SQLiteCode(rawValue: SQLITE_PROTOCOL)
    package static let constraint = SQLiteCode(rawValue: SQLITE_CONSTRAINT)
    package static let notADatabase = SQLiteCode(rawValue: SQLITE_NOTADB)

    /// A row with this key exists.
    package static let uniqueConstraint = SQLiteCode(rawValue: SQLITE_CONSTRAINT | 8 << 8)
    /// A row with this primary key exists.
    package static let primaryKeyConstraint = SQLiteCode(rawValue: SQLITE_CONSTRAINT | 6 << 8)
    /// A trigger refused.
    package static let triggerConstraint = SQLiteCode(rawValue: SQLITE_CONSTRAINT | 7 << 8)
    /// A sync of a file failed: what was written may not be on the disk.
    package static let syncFailed = SQLiteCode(rawValue: SQLITE_IOERR | 4 << 8)
    /// A sync of a directory failed.
    package static let directorySyncFailed = SQLiteCode(rawValue: SQLITE_IOERR | 5 << 8)

    /// SQLite's own words for the kind of error, and the extended code.
    package var description: String {
        // "The sqlite3_errstr(E) interface returns the English-language text that describes the result code E",
        // a constant (https://www.sqlite.org/c3ref/errcode.html).
        guard let text = unsafe sqlite3_errstr(rawValue) else { return "code \(rawValue)" }
        return unsafe "\(String(cString: text)) (\(rawValue))"
    }
}
