internal import Lifetime
internal import Synchronization

/// One connection on a queue of its own, where work that waits is done together.
///
/// While one transaction is being committed, the next callers gather; then all of their work goes into one
/// transaction and one sync of the disk. Alone, a caller waits for nobody.
actor SQLiteLane {
    /// The most work in one transaction, so that nobody waits long for one very large commit.
    private static let groupLimit = 256

    private let executor: BlockingExecutor
    private let role: SQLiteConnection.Role
    private let waitingLimit: Int
    private let waiting = Mutex<[any SQLiteWork]>([])
    private var connection: SQLiteConnection?
    private var isDurable = true

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(role: SQLiteConnection.Role, waitingLimit: Int) {
        executor = BlockingExecutor(label: "sqlite.\(role)")
        self.role = role
        self.waitingLimit = waitingLimit
    }

    func open(path: String, settings: SQLiteSettings, migrations: [SQLiteMigration]) throws(SQLiteError) {
        let connection = try SQLiteConnection(path: path, settings: settings, role: role)
        if role == .writing { try connection.migrate(migrations) }
        self.connection = connection
    }

    func close() throws(SQLiteError) {
        guard let connection else { return }
        self.connection = nil
        if role == .writing { try connection.checkpoint() }
    }

    /// Runs the body in a transaction; returns when that is committed.
    ///
    /// Work that has begun to wait is done even when its caller is cancelled: it takes milliseconds, and the caller
    /// learns what came of it.
    nonisolated func run<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteConnection) throws(SQLiteError) -> Value
    ) async throws(SQLiteError) -> Value {
        guard !Task.isCancelled else { throw .cancelled }
        let call = SQLiteCall(body)
        let position = waiting.withLock { waiting -> Int? in
            guard waiting.count < waitingLimit else { return nil }
            waiting.append(call)
            return waiting.count
        }
        guard let position else { throw .overloaded }
        // The first to wait brings everybody's work to the connection; the others need only wait.
        if position == 1 { await runWaiting() }
        return try await call.answer()
    }

    private func runWaiting() {
        var rest = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting[...]
        }
        while !rest.isEmpty {
            let group = rest.prefix(Self.groupLimit)
            rest = rest.dropFirst(group.count)
            run(group)
        }
    }

    /// Does the work in one transaction and answers every caller of it.
    private func run(_ group: ArraySlice<any SQLiteWork>) {
        do throws(SQLiteError) {
            guard let connection else { throw .closed }
            switch role {
            case .reading:
                try connection.snapshot { () throws(SQLiteError) in
                    for work in group { try attempt(work, on: connection, isAlone: true) }
                }
            case .writing:
                guard isDurable else { throw .durabilityLost }
                try connection.transaction { () throws(SQLiteError) in
                    for work in group { try attempt(work, on: connection, isAlone: group.count == 1) }
                }
            }
            for work in group { work.finish(nil) }
        } catch {
            // After a failed sync the kernel may have dropped the pages and call them clean: a later sync would
            // succeed without them. So nothing is accepted any more until the file is opened anew.
            if error.isFailedSync { isDurable = false }
            for work in group { work.finish(error) }
        }
    }

    /// Does one caller's work.
    ///
    /// When it fails, the caller is answered and the others go on, if the transaction
    /// survived; work that is alone in its transaction takes the transaction with it.
    private func attempt(
        _ work: any SQLiteWork,
        on connection: SQLiteConnection,
        isAlone: Bool
    ) throws(SQLiteError) {
        do throws(SQLiteError) {
            guard !isAlone else { return try work.run(on: connection) }
            try connection.savepoint { () throws(SQLiteError) in try work.run(on: connection) }
        } catch {
            work.finish(error)
            guard connection.isInTransaction, !(isAlone && role == .writing) else { throw error }
        }
    }
}

extension SQLiteError {
    /// Whether the disk did not confirm what was written.
    fileprivate var isFailedSync: Bool {
        if case .failed(let code, _) = self {
            code == .syncFailed || code == .directorySyncFailed
        } else {
            false
        }
    }
}
