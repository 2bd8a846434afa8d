import Postgres
import Testing

@Suite
struct PostgresErrorTests {
    @Test(arguments: [
        ("08006", PostgresError.Disposition.unavailable), ("57P01", .unavailable), ("57P02", .unavailable),
        ("57P03", .unavailable), ("53300", .unavailable), ("53100", .unavailable), ("25006", .unavailable),
        ("57014", .unavailable), ("58030", .unavailable), ("40001", .conflict), ("40P01", .conflict),
        ("23505", .rejected), ("42P01", .rejected), ("22021", .rejected),
    ])
    func `codes are sorted by what a caller can do`(code: String, disposition: PostgresError.Disposition) {
        #expect(PostgresError.refused(PostgresRefusal(sqlState: code)).disposition == disposition)
    }

    @Test
    func `a lost answer is unknown only once the commit may have left`() {
        #expect(
            PostgresError.connectionLost(mayHaveCommitted: true, reason: "").disposition == .outcomeUnknown
        )
        #expect(PostgresError.connectionLost(mayHaveCommitted: false, reason: "").disposition == .unavailable)
        #expect(PostgresError.deadlineExceeded(mayHaveCommitted: true).disposition == .outcomeUnknown)
        #expect(PostgresError.deadlineExceeded(mayHaveCommitted: false).disposition == .unavailable)
    }

    @Test
    func `no description quotes a value`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        let secret = "very-secret"
        _ = try await pool.query("CREATE TABLE t (name text PRIMARY KEY, CHECK (name <> 'forbidden'))")
        _ = try await pool.query("INSERT INTO t VALUES (\(secret))")
        let queries: [PostgresQuery] = [
            "INSERT INTO t VALUES (\(secret))", "SELECT \(secret)::text::integer",
            "INSERT INTO t VALUES (\("forbidden"))", "SELECT \(secret)::text::uuid",
        ]
        for query in queries {
            do {
                _ = try await pool.query(query)
                Issue.record("was accepted: \(query)")
            } catch {
                #expect(!error.description.contains("secret"))
                #expect(error.description.contains("SQLSTATE"))
            }
        }
    }

    @Test
    func `settings print no password`() {
        let settings = PostgresSettings(address: "postgres://user:hunter2@host/db")
        #expect(!"\(settings)".contains("hunter2"))
    }

    @Test
    func `nobody listening is unavailable and names no password`() async {
        let settings = PostgresSettings(address: "host=/nonexistent user=u password=hunter2 dbname=d")
        await #expect {
            try await PostgresPool(settings).query("SELECT 1")
        } throws: { error in
            guard let error = error as? PostgresError, case .connectFailed = error else { return false }
            return error.disposition == .unavailable && !error.description.contains("hunter2")
        }
    }

    @Test(arguments: [
        "postgres://u:hun/ter@localhost/d", "postgres://u:hun@ter@localhost/d",
        "postgres://u:hun%zz@localhost/d",
        "postgres://u:12345678/90@localhost/d", "host=localhost password hunter",
    ])
    func `an address that cannot be read is not quoted`(address: String) async {
        await #expect {
            try await PostgresPool(PostgresSettings(address: address)).query("SELECT 1")
        } throws: { error in
            guard let error = error as? PostgresError, case .connectFailed(let reason) = error else {
                return false
            }
            return reason.contains("percent-encoded")
                && !["hun", "ter@", "1234"].contains { reason.contains($0) }
        }
    }
}
