package import ImageJobs
import Postgres

extension PostgresJobStore {
    package func markPublished(_ ids: [JobID]) async throws(JobStoreError) {
        guard !ids.isEmpty else { return }
        let told: [PostgresUUID?] = ids.map { PostgresUUID($0) }
        _ = try await write(
            """
            WITH locked AS MATERIALIZED (
                SELECT id FROM jobs WHERE id = ANY (\(array: told)) AND finished_at IS NULL
                ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE jobs SET published_at = now() FROM locked WHERE jobs.id = locked.id
            """
        )
    }

    package func unpublished(olderThan age: Duration, limit: Int) async throws(JobStoreError) -> [JobID] {
        let rows = try await read(
            """
            SELECT id FROM jobs
            WHERE published_at IS NULL AND finished_at IS NULL AND created_at <= now() - \(age)
            ORDER BY created_at, id LIMIT \(limit)
            """
        )
        return try decoding { () throws(PostgresError) in try rows.ids() }
    }

    /// Reads the oldest publications first and passes over those whose lease or delay still runs: at most as many as
    /// there are workers' slots and waiting retries.
    package func stranded(silentFor age: Duration, limit: Int) async throws(JobStoreError) -> [JobID] {
        let rows = try await read(
            """
            SELECT id FROM jobs
            WHERE published_at IS NOT NULL AND finished_at IS NULL AND published_at <= now() - \(age)
                AND due_at <= CASE status WHEN 'PENDING' THEN now() - \(age) ELSE now() END
            ORDER BY published_at, id LIMIT \(limit)
            """
        )
        return try decoding { () throws(PostgresError) in try rows.ids() }
    }
}

extension PostgresRows {
    fileprivate func ids() throws(PostgresError) -> [JobID] {
        try map { row throws(PostgresError) in JobID(try row.read(0)) }
    }
}
