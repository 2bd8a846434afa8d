internal import ImageJobs
internal import SQLite

/// What an error of the database means to those who called.
extension SQLiteError {
    /// What kind of answer an error deserves.
    private enum Class {
        case cancelled
        /// Full, locked, failing, closed: it may pass.
        case unavailable
        /// Damaged, or not as this program made it.
        case rejected
    }

    private var kind: Class {
        switch self {
        case .cancelled: return .cancelled
        case .overloaded, .closed, .durabilityLost: return .unavailable
        case .unexpectedValue, .textContainsNUL, .wrongParameterCount, .newerSchema, .damaged:
            return .rejected
        case .failed(let code, _):
            let passing: Set<SQLiteCode> = [
                .full, .inputOutput, .busy, .locked, .outOfMemory, .readOnly, .cannotOpen, .lockProtocol,
            ]
            return passing.contains(code.primary) ? .unavailable : .rejected
        }
    }

    fileprivate var asJobStoreError: JobStoreError {
        switch kind {
        case .cancelled: .cancelled
        case .unavailable: .unavailable(reason: description)
        case .rejected: isDuplicateJob ? .duplicate : .rejected(reason: description)
        }
    }

    fileprivate var asJobQueueError: JobQueueError {
        switch kind {
        case .cancelled: .cancelled
        case .unavailable: .unavailable(reason: description)
        case .rejected: .misconfigured(reason: description)
        }
    }

    private var isDuplicateJob: Bool {
        if case .failed(.uniqueConstraint, detail: "UNIQUE constraint failed: jobs.id") = self {
            true
        } else {
            false
        }
    }
}

extension JobStoreError {
    init(_ error: SQLiteError) { self = error.asJobStoreError }
}

extension JobQueueError {
    init(_ error: SQLiteError) { self = error.asJobQueueError }
}
