import ImageJobs
import Postgres
import PostgresJobStore
import TestSupport
import Testing

@Suite
struct PostgresJobStoreErrorTests {
    @Test
    func `a database without the schema is rejected`() async throws {
        let settings = PostgresSettings(address: try await PostgresServer.shared.makeDatabase())
        let store = PostgresJobStore(PostgresPool(settings))
        await #expect {
            try await store.check()
        } throws: { error in
            if case .rejected = error as? JobStoreError { true } else { false }
        }
    }

    @Test
    func `a database that cannot be reached is unavailable`() async {
        let store = PostgresJobStore(PostgresPool(PostgresSettings(address: "host=/nonexistent dbname=d")))
        await #expect {
            try await store.insert([SampleJobs.job()])
        } throws: { error in
            if case .unavailable = error as? JobStoreError { true } else { false }
        }
    }

    @Test
    func `a call whose answer does not come in time says whether it may have taken effect`() async throws {
        let database = try await StoreDatabase()
        let job = SampleJobs.job()
        _ = try await database.store.insert([job])
        var settings = database.settings
        settings.queryTimeout = .seconds(1)
        let hasty = PostgresJobStore(PostgresPool(settings))
        // Another session holds every lock there is on the table.
        let holder = try await PostgresConnection(database.settings)
        _ = try await holder.query("BEGIN")
        _ = try await holder.query("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
        await #expect {
            try await hasty.find(job.id)
        } throws: { error in
            if case .unavailable = error as? JobStoreError { true } else { false }
        }
        await #expect {
            try await hasty.markPublished([job.id])
        } throws: { error in
            // Unknown when our deadline came first, certain when the server's own did.
            switch error as? JobStoreError {
            case .outcomeUnknown, .unavailable: true
            default: false
            }
        }
        await holder.close()
        #expect(try await database.store.find(job.id)?.id == job.id)
    }

    @Test
    func `cancelling a call is reported as that and harms no other`() async throws {
        let database = try await StoreDatabase()
        let job = SampleJobs.job()
        _ = try await database.store.insert([job])
        let call = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try await database.store.find(job.id)
        }
        await #expect(throws: JobStoreError.cancelled) { try await call.value }
        #expect(try await database.store.find(job.id)?.id == job.id)
    }
}
