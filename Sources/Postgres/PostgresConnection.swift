import Lifetime

/// One session with the server.
///
/// Runs one call at a time, on a queue of its own, so that waiting for the server holds up nobody else.
package actor PostgresConnection {
    private let executor: BlockingExecutor
    private let wake: WakeSignal
    private let queryTimeout: Duration
    private var wire: Wire?
    private var statements = StatementCache()
    /// A transaction that was asked for but not yet told to the server.
    private var owesBegin = false
    private let condition = ConnectionCondition()

    nonisolated package var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Connects, and tells the session its limits.
    package init(_ settings: PostgresSettings) async throws(PostgresError) {
        executor = BlockingExecutor(label: "postgres")
        wake = try WakeSignal()
        queryTimeout = settings.queryTimeout
        let deadline = ContinuousClock.now + settings.connectTimeout
        try await interruptible { connection throws(PostgresError) in
            try connection.open(settings, deadline: deadline)
        }
    }

    /// Whether the session may serve another caller: it stands, and no transaction is open.
    ///
    /// Needs no hop to the connection's queue.
    package nonisolated var isReusable: Bool { condition.isReusable }

    /// Whether an idle session is still silent.
    ///
    /// One that speaks unasked was closed by the server, or is about to be.
    nonisolated var isQuiet: Bool { condition.isQuiet }

    // MARK: - Statements

    /// Runs one statement, which commits by itself unless a transaction is open.
    package func query(
        _ query: PostgresQuery,
        deadline: ContinuousClock.Instant? = nil
    ) async throws(PostgresError) -> PostgresRows {
        let results = try await pipeline([query], deadline: deadline)
        guard let rows = results.last else { throw .unexpectedAnswer("no result") }
        return rows
    }

    /// Runs statements in one round trip and, unless a transaction is open, in one transaction: all or none.
    package func pipeline(
        _ queries: [PostgresQuery],
        deadline: ContinuousClock.Instant? = nil
    ) async throws(PostgresError) -> [PostgresRows] {
        guard !queries.isEmpty else { return [] }
        let deadline = deadline ?? .now + queryTimeout
        return try await interruptible { connection throws(PostgresError) in
            try connection.exchange(queries, deadline: deadline)
        }
    }

    /// Runs a text of several statements without values, as migrations have them.
    package func script(
        _ sql: String,
        deadline: ContinuousClock.Instant? = nil
    ) async throws(PostgresError) {
        let deadline = deadline ?? .now + queryTimeout
        try await interruptible { connection throws(PostgresError) in
            try connection.runScript(sql, deadline: deadline)
        }
    }

    /// Closes the session; every later call fails.
    package func close() {
        wire = nil
        condition.close()
    }

    // MARK: - Transactions

    /// Opens a transaction, at no cost: the server hears of it together with the first statement.
    func begin() { owesBegin = true }

    /// Commits, if the server ever heard of the transaction.
    func commit(deadline: ContinuousClock.Instant?) async throws(PostgresError) {
        guard !owesBegin else {
            owesBegin = false
            return
        }
        // A transaction in which a statement failed is rolled back, and the server calls that a success.
        let command = try await query("COMMIT", deadline: deadline).command
        guard command == "COMMIT" else {
            throw .refused(PostgresRefusal(sqlState: "25P02", message: "the transaction had failed before"))
        }
    }

    /// Rolls back, or closes the session when that cannot be done.
    func rollback(deadline: ContinuousClock.Instant?) async {
        guard !owesBegin else {
            owesBegin = false
            return
        }
        do {
            _ = try await query("ROLLBACK", deadline: deadline)
        } catch {
            // A closed session is rolled back by the server.
            close()
        }
    }

    // MARK: - On the queue

    /// Runs blocking work so that cancelling the task wakes it.
    private func interruptible<Result: Sendable>(
        _ work: (isolated PostgresConnection) throws(PostgresError) -> Result
    ) async throws(PostgresError) -> Result {
        let wake = self.wake
        let outcome = await withTaskCancellationHandler {
            do throws(PostgresError) {
                return Swift.Result<Result, PostgresError>.success(try work(self))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            wake.give()
        }
        return try outcome.get()
    }

    private func open(
        _ settings: PostgresSettings,
        deadline: ContinuousClock.Instant
    ) throws(PostgresError) {
        let wire = try Wire(settings: settings, wake: wake, deadline: deadline)
        self.wire = wire
        condition.open(socket: wire.socket)
        let names: [String?] = settings.session.map(\.name)
        let values: [String?] = settings.session.map(\.value)
        do {
            _ = try exchange(
                [
                    "SELECT set_config(name, value, false) FROM unnest(\(array: names), \(array: values)) AS s(name, value)"
                ],
                deadline: deadline
            )
        } catch {
            guard error.disposition != .cancelled else { throw error }
            throw .connectFailed(reason: error.description)
        }
    }

    private func exchange(
        _ queries: [PostgresQuery],
        deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> [PostgresRows] {
        let skipped = owesBegin ? 1 : 0
        let queries = owesBegin ? ["BEGIN"] + queries : queries
        owesBegin = false
        let results = try onWire { wire throws(PostgresError) in
            var exchange = PipelineExchange(queries: queries, deadline: deadline)
            return try exchange.run(on: wire, statements: &statements)
        }
        return Array(results.dropFirst(skipped))
    }

    private func runScript(_ sql: String, deadline: ContinuousClock.Instant) throws(PostgresError) {
        if owesBegin { _ = try exchange([], deadline: deadline) }
        try onWire { wire throws(PostgresError) in
            try ScriptExchange(sql: sql, deadline: deadline).run(on: wire)
        }
    }

    /// Lends the wire to one exchange, and closes it afterwards unless both sides agree where they stand.
    private func onWire<Result>(
        _ exchange: (Wire) throws(PostgresError) -> Result
    ) throws(PostgresError) -> Result {
        guard let wire else { throw .connectionLost(mayHaveCommitted: false, reason: "closed") }
        if Task.isCancelled { throw .cancelled }
        do {
            let result = try exchange(wire)
            condition.set(isIdle: wire.isIdle)
            return result
        } catch {
            if case .refused(let refusal) = error, !refusal.spoilsSession, !wire.isBroken {
                condition.set(isIdle: wire.isIdle)
            } else {
                close()
            }
            throw error
        }
    }
}
