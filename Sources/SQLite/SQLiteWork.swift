internal import Synchronization

/// What one caller wants done on a connection, and where that caller waits for it.
protocol SQLiteWork: Sendable {
    /// Does it, inside a transaction that others may share.
    func run(on connection: SQLiteConnection) throws(SQLiteError)

    /// Answers the caller: the transaction was committed, or failed with this error.
    func finish(_ error: SQLiteError?)
}

/// Work that gives a value.
///
/// `waiting → ran → answered`, or `waiting → answered` when it failed. The caller may come to wait at any time.
final class SQLiteCall<Value: Sendable>: SQLiteWork {
    private struct State {
        var value: Value?
        var answer: Result<Value, SQLiteError>?
        var caller: CheckedContinuation<Result<Value, SQLiteError>, Never>?
    }

    private let body: @Sendable (SQLiteConnection) throws(SQLiteError) -> Value
    private let state = Mutex(State())

    init(_ body: @escaping @Sendable (SQLiteConnection) throws(SQLiteError) -> Value) { self.body = body }

    func run(on connection: SQLiteConnection) throws(SQLiteError) {
        let value = try body(connection)
        state.withLock { $0.value = value }
    }

    func finish(_ error: SQLiteError?) {
        let resume = state.withLock { state -> (() -> Void)? in
            guard state.answer == nil else { return nil }
            let answer: Result<Value, SQLiteError> =
                if let error { .failure(error) } else if let value = state.value { .success(value) } else {
                    .failure(.closed)
                }
            state.answer = answer
            guard let caller = state.caller else { return nil }
            return { caller.resume(returning: answer) }
        }
        resume?()
    }

    /// Waits until the work is committed or has failed.
    func answer() async throws(SQLiteError) -> Value {
        let answer = await withCheckedContinuation { continuation in
            let early = state.withLock { state -> Result<Value, SQLiteError>? in
                if state.answer == nil { state.caller = continuation }
                return state.answer
            }
            if let early { continuation.resume(returning: early) }
        }
        return try answer.get()
    }
}
