import Postgres
import Testing

@Suite
struct PostgresMigratorTests {
    private let first = PostgresMigration(
        number: 1,
        name: "one",
        sql: "CREATE TABLE a (n bigint); CREATE TABLE b (n bigint);"
    )
    private let second = PostgresMigration(number: 2, name: "two", sql: "ALTER TABLE a ADD m bigint;")

    @Test
    func `what is missing is applied once, in order`() async throws {
        let settings = try await makeSettings()
        #expect(try await PostgresMigrator(settings, migrations: [first]).migrate() == [1])
        #expect(try await PostgresMigrator(settings, migrations: [first, second]).migrate() == [2])
        #expect(try await PostgresMigrator(settings, migrations: [first, second]).migrate() == [])
        #expect(try await PostgresPool(settings).query("SELECT n, m FROM a, (SELECT 1 FROM b) AS b").isEmpty)
    }

    @Test
    func `concurrent migrators apply each step once`() async throws {
        let settings = try await makeSettings()
        let migrator = PostgresMigrator(settings, migrations: [first, second])
        let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<4 { group.addTask { try await migrator.migrate() } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied == [1, 2])
    }

    @Test
    func `waiting for another migrator ends at the time limit`() async throws {
        let settings = try await makeSettings()
        let migrator = PostgresMigrator(settings, migrations: [first])
        let other = try await PostgresConnection(settings)
        _ = try await other.query("SELECT pg_advisory_lock(\(Int64(0x696D_6167_6561_7069)))")
        await #expect(throws: MigrationError.self) { try await migrator.migrate(timeout: .milliseconds(300)) }
        await other.close()
        #expect(try await migrator.migrate() == [1])
    }

    @Test
    func `a changed migration is refused`() async throws {
        let settings = try await makeSettings()
        _ = try await PostgresMigrator(settings, migrations: [first]).migrate()
        let edited = PostgresMigration(number: 1, name: "one", sql: first.sql + " ")
        await #expect(throws: MigrationError.changed(number: 1, name: "one")) {
            try await PostgresMigrator(settings, migrations: [edited, second]).migrate()
        }
        await #expect(throws: PostgresError.self) {
            try await PostgresPool(settings).query("SELECT m FROM a")
        }
    }

    @Test
    func `a newer schema is refused`() async throws {
        let settings = try await makeSettings()
        _ = try await PostgresMigrator(settings, migrations: [first, second]).migrate()
        await #expect(throws: MigrationError.newerSchema(found: 2, known: 1)) {
            try await PostgresMigrator(settings, migrations: [first]).migrate()
        }
    }

    @Test
    func `a failing migration leaves nothing, and those before it stay`() async throws {
        let settings = try await makeSettings()
        let broken = PostgresMigration(
            number: 2,
            name: "broken",
            sql: "CREATE TABLE c (n bigint); SELECT 1 / 0;"
        )
        await #expect {
            try await PostgresMigrator(settings, migrations: [first, broken]).migrate()
        } throws: { error in
            guard case .failed(2, "broken", .refused(let refusal)) = error as? MigrationError else {
                return false
            }
            return refusal.sqlState == "22012"
        }
        let pool = PostgresPool(settings)
        await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1 FROM c") }
        #expect(try await pool.query("SELECT number FROM schema_migrations").count == 1)
        #expect(try await PostgresMigrator(settings, migrations: [first, second]).migrate() == [2])
    }
}
