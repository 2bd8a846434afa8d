import Postgres
import PostgresJobStore
import Testing

@Suite
struct JobStoreSchemaTests {
    @Test
    func `the migrations make exactly the schema that is written down`() async throws {
        let database = try await StoreDatabase()
        let found = try await describe(database.pool)
        #expect(
            found == expectedSchema,
            "when it changed on purpose, write this into ExpectedSchema.swift:\n\(found)"
        )
    }

    @Test
    func `migrating twice changes nothing`() async throws {
        let database = try await StoreDatabase()
        #expect(try await PostgresJobStore.migrate(database.settings) == [])
    }

    /// Columns, constraints and indexes, one a line.
    private func describe(_ pool: PostgresPool) async throws -> String {
        let rows = try await pool.query(
            """
            SELECT line FROM (
                SELECT table_name || '.' || column_name || ' ' || data_type
                    || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
                    || coalesce(' DEFAULT ' || column_default, '') AS line
                FROM information_schema.columns WHERE table_schema = 'public'
                UNION ALL
                SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
                FROM pg_constraint WHERE connamespace = 'public'::regnamespace
                UNION ALL
                SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
            ) AS lines ORDER BY line COLLATE "C"
            """
        )
        return try rows.map { try $0.read(0, as: String.self) + "\n" }.joined()
    }
}
