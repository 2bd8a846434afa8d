/// What makes two statements the same to the server: the text and the types of its values.
struct StatementKey: Hashable, Sendable {
    let sql: String
    let types: [UInt32]
}

/// Which statements a session has prepared, and under which names.
struct StatementCache {
    /// Where a statement stands with the session.
    enum Standing {
        case prepared(name: String)
        /// To be prepared under this name.
        case new(name: String)
        /// The cache is full: not worth a name.
        case once
    }

    /// A program has a few dozen statements; more means that values were written into their text.
    static let limit = 256

    private var names: [StatementKey: String] = [:]
    private var lastNumber = 0

    /// How to run this statement.
    mutating func standing(of key: StatementKey) -> Standing {
        if let name = names[key] { return .prepared(name: name) }
        guard names.count < Self.limit else { return .once }
        lastNumber += 1
        return .new(name: "s\(lastNumber)")
    }

    /// The server has accepted the statement.
    mutating func remember(_ key: StatementKey, as name: String) { names[key] = name }
}
