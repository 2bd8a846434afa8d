/// Several statements in one text, sent by the simple protocol.
struct ScriptExchange {
    let sql: String
    let deadline: ContinuousClock.Instant

    /// Runs the text to its end, or to the first statement that is refused.
    func run(on wire: Wire) throws(PostgresError) {
        guard wire.sendScript(sql) else {
            throw .connectionLost(mayHaveCommitted: false, reason: wire.lastMessage)
        }
        try wire.flush(deadline: deadline)
        var refusal: PostgresRefusal?
        while let result = try wire.nextResult(deadline: deadline) {
            switch result {
            case .done: continue
            case .refused(let found): refusal = refusal ?? found
            case .broken(let reason): throw .connectionLost(mayHaveCommitted: true, reason: reason)
            case .skipped, .synced: throw .unexpectedAnswer("an answer of a pipeline")
            }
        }
        if let refusal, refusal.isFatal || wire.isBroken { throw .refused(refusal) }
        guard wire.endScript() else {
            throw .connectionLost(mayHaveCommitted: true, reason: wire.lastMessage)
        }
        if let refusal { throw .refused(refusal) }
    }
}
