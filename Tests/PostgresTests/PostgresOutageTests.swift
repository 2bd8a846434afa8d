import Postgres
import TestSupport
import Testing

@Suite
struct PostgresOutageTests {
    @Test
    func `a stopped server is unavailable at once, and works again when it is back`() async throws {
        let server = try await PostgresServer()
        let pool = PostgresPool(try await makeSettings(on: server))
        _ = try await pool.query("CREATE TABLE t (n bigint)")
        let sleeper = Task { try await pool.query("SELECT pg_sleep(60)") }
        try await waitUntil { pool.counts.lent == 1 }
        try await server.stop()

        let start = ContinuousClock.now
        await #expect(throws: PostgresError.self) { try await sleeper.value }
        await #expect {
            try await pool.query("SELECT n FROM t")
        } throws: { error in
            (error as? PostgresError)?.disposition == .unavailable
        }
        #expect(start.duration(to: .now) < .seconds(10))

        try await server.start()
        #expect(try await pool.query("SELECT n FROM t").isEmpty)
    }
}
