package import ImageJobs
package import Postgres

/// Jobs in Postgres, for any number of processes.
///
/// One statement and one round trip for each call, however many jobs it is about. Every moment is of the server's
/// clock. Rows are locked in the order of their ids, so batches never wait for each other in a circle.
package struct PostgresJobStore: JobStore {
    let pool: PostgresPool
    /// How often a transaction that lost against another is run in all.
    static let conflictAttempts = 3

    /// A store on a migrated database.
    package init(_ pool: PostgresPool) { self.pool = pool }

    /// Brings the database to the newest schema, and returns the numbers of the migrations that were missing.
    package static func migrate(
        _ settings: PostgresSettings,
        timeout: Duration = .seconds(300)
    ) async throws(MigrationError) -> [Int] {
        let migrator = PostgresMigrator(settings, migrations: JobStoreSchema.migrations)
        return try await migrator.migrate(timeout: timeout)
    }

    package func check() async throws(JobStoreError) {
        _ = try await read("SELECT 1 FROM jobs LIMIT 1")
    }

    // MARK: - Running statements

    /// Runs a statement that changes nothing, so an answer that was lost leaves no doubt.
    func read(_ query: PostgresQuery) async throws(JobStoreError) -> PostgresRows {
        do {
            return try await pool.query(query)
        } catch {
            throw JobStoreError(error, ofRead: true)
        }
    }

    /// Runs a statement that changes rows.
    ///
    /// One that lost against another transaction changed nothing and is run again.
    func write(_ query: PostgresQuery) async throws(JobStoreError) -> PostgresRows {
        for _ in 1..<Self.conflictAttempts {
            do {
                return try await pool.query(query)
            } catch  where error.disposition == .conflict {
                continue
            } catch {
                throw JobStoreError(error, ofRead: false)
            }
        }
        do {
            return try await pool.query(query)
        } catch {
            throw JobStoreError(error, ofRead: false)
        }
    }
}

extension JobStoreError {
    /// What an error of the database means to those who use jobs.
    init(_ error: PostgresError, ofRead isRead: Bool) {
        switch error.disposition {
        case .cancelled: self = .cancelled
        case .unavailable, .conflict: self = .unavailable(reason: error.description)
        case .outcomeUnknown where isRead: self = .unavailable(reason: error.description)
        case .outcomeUnknown: self = .outcomeUnknown(reason: error.description)
        case .rejected: self = .rejected(reason: error.description)
        }
    }
}
