/// Statements sent together and answered together.
///
/// Sends everything, then reads: `queued → sent → synced`. Only the final mark lets the server commit, so an exchange
/// that breaks before the mark left has certainly changed nothing.
struct PipelineExchange {
    /// What the server will answer, in order.
    private enum Step {
        case prepare(StatementKey, name: String)
        case run
    }

    let queries: [PostgresQuery]
    let deadline: ContinuousClock.Instant
    private var steps: [Step] = []
    private var isMarked = false
    private var rows: [PostgresRows] = []
    private var refusal: PostgresRefusal?

    init(queries: [PostgresQuery], deadline: ContinuousClock.Instant) {
        self.queries = queries
        self.deadline = deadline
    }

    /// The rows of each statement, or why none of them took effect.
    mutating func run(on wire: Wire, statements: inout StatementCache) throws(PostgresError) -> [PostgresRows]
    {
        do {
            try send(on: wire, statements: &statements)
            try receive(on: wire, statements: &statements)
        } catch {
            // A refusal that arrived before the connection broke is the better answer: it is certain.
            if let refusal { throw .refused(refusal) }
            throw isMarked ? error : error.beforeCommit
        }
        if let refusal { throw .refused(refusal) }
        return rows
    }

    private mutating func send(on wire: Wire, statements: inout StatementCache) throws(PostgresError) {
        var fresh: [StatementKey: String] = [:]
        for query in queries {
            let isQueued: Bool
            let key = StatementKey(sql: query.sql, types: query.binds.types)
            let standing = fresh[key].map { .prepared(name: $0) } ?? statements.standing(of: key)
            switch standing {
            case .prepared(let name):
                isQueued = wire.sendPrepared(name, query.binds)
            case .new(let name):
                isQueued = wire.sendPrepare(name, query) && wire.sendPrepared(name, query.binds)
                steps.append(.prepare(key, name: name))
                fresh[key] = name
            case .once:
                isQueued = wire.sendOnce(query)
            }
            steps.append(.run)
            guard isQueued else { throw lost(wire) }
        }
        isMarked = true
        guard wire.sendSync() else { throw lost(wire) }
        try wire.flush(deadline: deadline)
    }

    private mutating func receive(on wire: Wire, statements: inout StatementCache) throws(PostgresError) {
        for step in steps {
            guard let result = try wire.nextResult(deadline: deadline) else {
                throw .connectionLost(mayHaveCommitted: true, reason: "an answer is missing")
            }
            switch (result, step) {
            case (.done, .prepare(let key, let name)): statements.remember(key, as: name)
            case (.done(let rows), .run): self.rows.append(rows)
            case (.refused(let refusal), _): self.refusal = self.refusal ?? refusal
            case (.skipped, _): break
            case (.broken(let reason), _): throw .connectionLost(mayHaveCommitted: true, reason: reason)
            case (.synced, _): throw .unexpectedAnswer("the pipeline ended early")
            }
            guard try wire.nextResult(deadline: deadline) == nil else {
                throw .unexpectedAnswer("more than one result for a statement")
            }
        }
        try receiveMark(on: wire)
    }

    private mutating func receiveMark(on wire: Wire) throws(PostgresError) {
        // A refused commit comes as a result, its end and then the mark.
        for _ in 0..<4 {
            switch try wire.nextResult(deadline: deadline) {
            case .synced: return
            case .refused(let refusal) where refusal.isFatal:
                // All statements had succeeded. Whether the commit did as well, nobody has said.
                throw .connectionLost(mayHaveCommitted: true, reason: refusal.description)
            case .refused(let refusal): self.refusal = self.refusal ?? refusal
            case nil where !wire.isBroken: continue
            case nil: throw lost(wire)
            case .broken(let reason): throw .connectionLost(mayHaveCommitted: true, reason: reason)
            case .done, .skipped: throw .unexpectedAnswer("more results than statements")
            }
        }
        throw .connectionLost(mayHaveCommitted: true, reason: "the end of the pipeline is missing")
    }

    private func lost(_ wire: Wire) -> PostgresError {
        .connectionLost(mayHaveCommitted: true, reason: wire.lastMessage)
    }
}
