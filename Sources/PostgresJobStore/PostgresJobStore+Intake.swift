package import ImageJobs
import Postgres

extension PostgresJobStore {
    package func insert(_ jobs: [NewJob]) async throws(JobStoreError) -> [Job] {
        guard !jobs.isEmpty else { return [] }
        let ids: [PostgresUUID?] = jobs.map { PostgresUUID($0.id) }
        let owners: [String?] = jobs.map(\.owner.rawValue)
        var requests: [String?] = []
        requests.reserveCapacity(jobs.count)
        for job in jobs { requests.append(try RequestCoding.encode(job.request)) }
        let rows = try await writeNew(
            """
            INSERT INTO jobs (id, owner, request)
            SELECT * FROM unnest(\(array: ids), \(array: owners), \(array: requests))
            RETURNING created_at
            """
        )
        guard let first = rows.first, rows.count == jobs.count else {
            throw .rejected(reason: "not every job was recorded")
        }
        // One statement, so one moment for all.
        let createdAt: Timestamp = try decoding { () throws(PostgresError) in Timestamp(try first.read(0)) }
        return jobs.map { job in
            Job(
                id: job.id,
                owner: job.owner,
                request: job.request,
                createdAt: createdAt,
                attempt: 0,
                fence: Fence(rawValue: 0),
                state: .pending
            )
        }
    }

    package func find(_ id: JobID) async throws(JobStoreError) -> Job? {
        // The request comes with the first image only: it may be long.
        let rows = try await read(
            """
            SELECT jobs.id, owner, created_at, attempt, fence, started_at, status, finished_at,
                failure_code, failure_message, failure_retryable,
                CASE WHEN coalesce(position, 0) = 0 THEN request END,
                key, url, content_type, width, height, byte_count, sha256
            FROM jobs LEFT JOIN images ON job_id = jobs.id
            WHERE jobs.id = \(PostgresUUID(id)) ORDER BY position
            """
        )
        guard !rows.isEmpty else { return nil }
        return try decoding { () throws(PostgresError) in try Job(rows) }
    }

    private func writeNew(_ query: PostgresQuery) async throws(JobStoreError) -> PostgresRows {
        do {
            return try await pool.query(query)
        } catch .refused(let refusal) where refusal.sqlState == "23505" {
            throw .duplicate
        } catch {
            throw JobStoreError(error, ofRead: false)
        }
    }
}
