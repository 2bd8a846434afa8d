package import ImageJobs
import Postgres

extension PostgresJobStore {
    package func claim(
        _ ids: [JobID],
        for worker: WorkerID,
        lease: Duration
    ) async throws(JobStoreError) -> [ClaimAnswer] {
        guard !ids.isEmpty else { return [] }
        let asked: [PostgresUUID?] = ids.map { PostgresUUID($0) }
        let rows = try await write(
            """
            WITH asked AS MATERIALIZED (
                SELECT id, due_at, finished_at FROM jobs WHERE id = ANY (\(array: asked))
                ORDER BY id FOR NO KEY UPDATE
            ), taken AS (
                UPDATE jobs SET status = 'PROCESSING', attempt = attempt + 1, fence = fence + 1,
                    due_at = now() + \(lease), started_at = now(), worker = \(worker.rawValue)
                FROM asked
                WHERE jobs.id = asked.id AND asked.finished_at IS NULL AND asked.due_at <= now()
                RETURNING jobs.id, owner, created_at, attempt, fence, started_at, request
            )
            SELECT asked.id, asked.finished_at IS NOT NULL,
                (extract(epoch FROM asked.due_at - now()) * 1000000)::bigint, taken.*
            FROM asked LEFT JOIN taken USING (id)
            """
        )
        var answers: [JobID: ClaimAnswer] = [:]
        try decoding { () throws(PostgresError) in
            for row in rows { answers[JobID(try row.read(0))] = try ClaimAnswer(row) }
        }
        return ids.map { id in
            let answer = answers[id] ?? .unknown
            // The same id again in one call: the first one has it.
            if case .claimed = answer { answers[id] = .notYet(lease) }
            return answer
        }
    }

    package func extend(_ claims: [Claim], lease: Duration) async throws(JobStoreError) -> Set<Claim> {
        guard !claims.isEmpty else { return [] }
        let ids: [PostgresUUID?] = claims.map { PostgresUUID($0.job) }
        let fences: [Int64?] = claims.map(\.fence.rawValue)
        let rows = try await write(
            """
            WITH held AS MATERIALIZED (
                SELECT jobs.id, jobs.fence FROM jobs
                JOIN (SELECT DISTINCT id, fence FROM unnest(\(array: ids), \(array: fences)) AS t (id, fence)) AS told
                    ON jobs.id = told.id AND jobs.fence = told.fence
                WHERE status = 'PROCESSING'
                ORDER BY jobs.id FOR NO KEY UPDATE OF jobs
            )
            UPDATE jobs SET due_at = now() + \(lease) FROM held WHERE jobs.id = held.id
            RETURNING jobs.id, jobs.fence
            """
        )
        return try decoding { () throws(PostgresError) in try Set(rows.map(Claim.init(row:))) }
    }
}

extension Claim {
    init(row: PostgresRow) throws(PostgresError) {
        self.init(job: JobID(try row.read(0)), fence: Fence(rawValue: try row.read(1)))
    }
}

extension ClaimAnswer {
    fileprivate init(_ row: PostgresRow) throws(PostgresError) {
        if try row.readOptional(3, as: PostgresUUID.self) != nil {
            self = .claimed(try Job(claimedIn: row, from: 3))
        } else if try row.read(1) {
            self = .finished
        } else {
            self = .notYet(.microseconds(max(0, try row.read(2, as: Int64.self))))
        }
    }
}
