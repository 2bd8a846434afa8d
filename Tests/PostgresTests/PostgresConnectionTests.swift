import Postgres
import Testing

@Suite
struct PostgresConnectionTests {
    @Test
    func `a deadline cuts a statement and its connection`() async throws {
        let connection = try await PostgresConnection(try await makeSettings())
        let start = ContinuousClock.now
        await #expect(throws: PostgresError.deadlineExceeded(mayHaveCommitted: true)) {
            try await connection.query("SELECT pg_sleep(60)", deadline: .now + .milliseconds(100))
        }
        #expect(start.duration(to: .now) < .seconds(20))
        #expect(!connection.isReusable)
        await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1") }
    }

    @Test
    func `the server itself ends a statement that is too long`() async throws {
        var settings = try await makeSettings()
        settings.queryTimeout = .milliseconds(100)
        let connection = try await PostgresConnection(settings)
        await #expect {
            try await connection.query("SELECT pg_sleep(60)", deadline: .now + .seconds(30))
        } throws: { error in
            guard case .refused(let refusal) = error as? PostgresError else { return false }
            return refusal.sqlState == "57014"
        }
        #expect(connection.isReusable)
    }

    @Test
    func `cancelling the task cuts a statement`() async throws {
        let settings = try await makeSettings()
        let connection = try await PostgresConnection(settings)
        let watcher = PostgresPool(settings)
        let sleeper = Task { try await connection.query("SELECT pg_sleep(60)") }
        try await waitUntil { try await sleeping(watcher) == 1 }
        sleeper.cancel()
        await #expect(throws: PostgresError.cancelled) { try await sleeper.value }
        #expect(!connection.isReusable)
        // The server notices that nobody waits any more.
        try await waitUntil { try await sleeping(watcher) == 0 }
    }

    private func sleeping(_ pool: PostgresPool) async throws -> Int {
        let rows = try await pool.query(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event = 'PgSleep' AND state = 'active'
            """
        )
        return try rows[0].read(0)
    }

    @Test
    func `a pipeline is all or nothing`() async throws {
        let connection = try await PostgresConnection(try await makeSettings())
        _ = try await connection.query("CREATE TABLE t (n bigint PRIMARY KEY)")
        let results = try await connection.pipeline(["INSERT INTO t VALUES (\(1))", "SELECT n FROM t"])
        #expect(results.map(\.count) == [0, 1])
        #expect(results[0].affectedCount == 1)
        await #expect(throws: PostgresError.self) {
            try await connection.pipeline([
                "INSERT INTO t VALUES (\(2))", "INSERT INTO t VALUES (\(1))", "INSERT INTO t VALUES (\(3))",
            ])
        }
        #expect(try await connection.query("SELECT n FROM t").count == 1)
        #expect(connection.isReusable)
    }

    @Test
    func `a constraint that is checked at the commit refuses the pipeline`() async throws {
        let connection = try await PostgresConnection(try await makeSettings())
        _ = try await connection.query(
            "CREATE TABLE t (n bigint UNIQUE DEFERRABLE INITIALLY DEFERRED)"
        )
        await #expect {
            try await connection.pipeline(["INSERT INTO t VALUES (\(1))", "INSERT INTO t VALUES (\(1))"])
        } throws: { error in
            guard case .refused(let refusal) = error as? PostgresError else { return false }
            return refusal.sqlState == "23505"
        }
        #expect(connection.isReusable)
        #expect(try await connection.query("SELECT n FROM t").isEmpty)
    }

    @Test
    func `large values travel both ways at once`() async throws {
        let connection = try await PostgresConnection(try await makeSettings())
        let large = [UInt8](repeating: 7, count: 4_000_000)
        let results = try await connection.pipeline((0..<4).map { _ in "SELECT \(large)" })
        for rows in results { #expect(try rows[0].read(0, as: [UInt8].self) == large) }
    }

    @Test
    func `a refused statement is prepared again`() async throws {
        let connection = try await PostgresConnection(try await makeSettings())
        await #expect(throws: PostgresError.self) { try await connection.query("SELECT n FROM later") }
        _ = try await connection.query("CREATE TABLE later (n bigint)")
        #expect(try await connection.query("SELECT n FROM later").isEmpty)
        #expect(try await connection.query("SELECT n FROM later").isEmpty)
    }

    @Test
    func `more texts than the cache holds still run`() async throws {
        let connection = try await PostgresConnection(try await makeSettings())
        let queries = (0..<300).map { PostgresQuery(stringLiteral: "SELECT \($0)::bigint") }
        let results = try await connection.pipeline(queries)
        #expect(try results.map { try $0[0].read(0, as: Int.self) } == Array(0..<300))
    }
}
