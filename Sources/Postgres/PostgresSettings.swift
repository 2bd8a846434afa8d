/// How to reach a database, and the limits of every wait.
package struct PostgresSettings: Sendable, CustomStringConvertible {
    /// A libpq connection URI or `key=value` string; holds the password.
    let address: String
    /// What the server lists as the session's name.
    package var applicationName: String
    /// Bounds making a connection, every host and every round trip of it together.
    package var connectTimeout: Duration = .seconds(5)
    /// Bounds one call when its caller names no deadline; the server enforces it too.
    package var queryTimeout: Duration = .seconds(5)
    /// How many connections may exist at once.
    package var poolSize = 8
    /// How old a connection may grow before another takes its place.
    package var maximumAge: Duration = .seconds(30 * 60)

    package init(address: String, applicationName: String = "image-api") {
        self.address = address
        self.applicationName = applicationName
    }

    /// Hides the address.
    package var description: String { "PostgresSettings(<redacted>, poolSize: \(poolSize))" }

    /// What libpq is told, in its order: later words win, and `dbname` stands for the whole address, so the
    /// address may override all before it.
    ///
    /// A dead peer may vanish without a reset. Keepalives notice it while we wait for an answer, the user time-out
    /// while we send; neither does the other's work.
    var words: [(key: String, value: String)] {
        [
            ("application_name", applicationName),
            ("keepalives", "1"),
            ("keepalives_idle", "5"),
            ("keepalives_interval", "2"),
            ("keepalives_count", "2"),
            ("tcp_user_timeout", "5000"),
            ("target_session_attrs", "read-write"),
            // Only asked for by those who use it; trying costs a round trip.
            ("gssencmode", "disable"),
            ("dbname", address),
            ("client_encoding", "UTF8"),
        ]
    }

    /// What each session is told once it stands.
    var session: [(name: String, value: String)] {
        let timeout = String(max(1, queryTimeout.wholeMilliseconds))
        return [
            ("statement_timeout", timeout),
            // A client that vanished inside a transaction must not hold its locks.
            ("idle_in_transaction_session_timeout", timeout),
            // We give up by closing the socket; the server then ends the statement within this time.
            ("client_connection_check_interval", "1000"),
            // Statements read by key or by a partial index. A plan that was cached while a table was small must not
            // read all of it once it has grown.
            ("enable_seqscan", "off"),
            ("jit", "off"),
        ]
    }
}

extension Duration {
    /// The span in milliseconds, rounded up.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
