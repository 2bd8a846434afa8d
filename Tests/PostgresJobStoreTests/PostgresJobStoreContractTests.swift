import ImageJobs
import Postgres
import PostgresJobStore
import TestSupport
import Testing

@Suite
struct PostgresJobStoreContractTests {
    @Test(arguments: JobStoreContract<PostgresJobStore>.promises)
    func `the store keeps its`(_ promise: JobStoreContract<PostgresJobStore>.Promise) async throws {
        let database = try await StoreDatabase()
        let contract = JobStoreContract(store: database.store) { try await database.elapse($0) }
        try await promise.check(contract)
        database.pool.close()
    }
}

/// A migrated database with a store on it.
struct StoreDatabase {
    let settings: PostgresSettings
    let pool: PostgresPool
    let store: PostgresJobStore

    init() async throws {
        var settings = PostgresSettings(address: try await PostgresServer.shared.makeDatabase())
        settings.poolSize = 4
        // The machine may be busy with other tests.
        settings.queryTimeout = .seconds(30)
        settings.connectTimeout = .seconds(30)
        self.settings = settings
        pool = PostgresPool(settings)
        store = PostgresJobStore(pool)
        _ = try await PostgresJobStore.migrate(settings)
    }

    /// Moves every moment of every row into the past.
    func elapse(_ span: Duration) async throws {
        _ = try await pool.query(
            """
            UPDATE jobs SET due_at = due_at - \(span), created_at = created_at - \(span),
                published_at = published_at - \(span), started_at = started_at - \(span),
                finished_at = finished_at - \(span)
            """
        )
    }
}
