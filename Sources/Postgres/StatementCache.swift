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

    private var names: [String: String] = [:]
    private var lastNumber = 0

    /// How to run this text.
    mutating func standing(of sql: String) -> Standing {
        if let name = names[sql] { return .prepared(name: name) }
        guard names.count < Self.limit else { return .once }
        lastNumber += 1
        return .new(name: "s\(lastNumber)")
    }

    /// The server has accepted the statement.
    mutating func remember(_ sql: String, as name: String) { names[sql] = name }
}
