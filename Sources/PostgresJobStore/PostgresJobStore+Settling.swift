package import ImageJobs
import Postgres

extension PostgresJobStore {
    package func settle(_ outcomes: [Settlement]) async throws(JobStoreError) -> Set<Claim> {
        guard !outcomes.isEmpty else { return [] }
        let told = SettlementColumns(outcomes)
        let rows = try await write(
            """
            WITH told AS MATERIALIZED (
                SELECT * FROM unnest(
                    \(array: told.ids), \(array: told.fences), \(array: told.statuses), \(array: told.refunds),
                    \(array: told.delays), \(array: told.codes), \(array: told.messages), \(array: told.retryables)
                ) AS t (id, fence, status, refund, delay, code, message, retryable)
            ), locked AS MATERIALIZED (
                SELECT id, fence, status FROM jobs WHERE id = ANY (\(array: told.ids))
                ORDER BY id FOR NO KEY UPDATE
            ), settled AS (
                UPDATE jobs SET status = told.status, attempt = attempt - told.refund,
                    due_at = now() + told.delay,
                    started_at = CASE WHEN told.status <> 'PENDING' THEN started_at END,
                    finished_at = CASE WHEN told.status <> 'PENDING' THEN now() END,
                    failure_code = told.code, failure_message = told.message, failure_retryable = told.retryable
                FROM told JOIN locked USING (id, fence)
                WHERE jobs.id = told.id AND locked.status = 'PROCESSING'
                RETURNING jobs.id, jobs.fence
            ), stored AS (
                INSERT INTO images (job_id, position, key, url, content_type, width, height, byte_count, sha256)
                SELECT image.* FROM unnest(
                    \(array: told.images.jobs), \(array: told.images.positions), \(array: told.images.keys),
                    \(array: told.images.urls), \(array: told.images.contentTypes), \(array: told.images.widths),
                    \(array: told.images.heights), \(array: told.images.byteCounts), \(array: told.images.digests)
                ) AS image (job_id, position, key, url, content_type, width, height, byte_count, sha256)
                JOIN settled ON settled.id = image.job_id
            )
            SELECT id, fence FROM settled
            UNION ALL
            SELECT id, fence FROM locked JOIN told USING (id, fence, status) WHERE status <> 'PENDING'
            """
        )
        return try decoding { () throws(PostgresError) in try Set(rows.map(Claim.init(row:))) }
    }
}

/// Settlements turned into one array for each column, as `unnest` takes them.
private struct SettlementColumns {
    var ids: [PostgresUUID?] = []
    var fences: [Int64?] = []
    var statuses: [String?] = []
    /// What is taken off the attempts: a hand-back costs none.
    var refunds: [Int?] = []
    var delays: [Duration?] = []
    var codes: [String?] = []
    var messages: [String?] = []
    var retryables: [Bool?] = []
    var images = ImageColumns()

    /// Of several settlements of one job, the first counts.
    init(_ settlements: [Settlement]) {
        var seen: Set<JobID> = []
        for settlement in settlements where seen.insert(settlement.claim.job).inserted {
            append(settlement)
        }
    }

    private mutating func append(_ settlement: Settlement) {
        let id = PostgresUUID(settlement.claim.job)
        var status = JobStatus.pending
        var delay = Duration.zero
        var failure: JobFailure?
        var refund = 0
        switch settlement.outcome {
        case .completed(let stored):
            status = .completed
            images.append(stored, of: id)
        case .failed(let reason):
            status = .failed
            failure = reason
        case .retry(let after): delay = after
        case .handedBack: refund = 1
        }
        ids.append(id)
        fences.append(settlement.claim.fence.rawValue)
        statuses.append(status.rawValue)
        refunds.append(refund)
        delays.append(delay)
        codes.append(failure?.code.rawValue)
        messages.append(failure?.message)
        retryables.append(failure?.retryable)
    }
}

/// The images of all settlements, one array for each column.
private struct ImageColumns {
    var jobs: [PostgresUUID?] = []
    var positions: [Int?] = []
    var keys: [String?] = []
    var urls: [String?] = []
    var contentTypes: [String?] = []
    var widths: [Int?] = []
    var heights: [Int?] = []
    var byteCounts: [Int?] = []
    var digests: [String?] = []

    mutating func append(_ images: [StoredImage], of job: PostgresUUID) {
        for (position, image) in images.enumerated() {
            jobs.append(job)
            positions.append(position)
            keys.append(image.key.path)
            urls.append(image.url)
            contentTypes.append(image.contentType)
            widths.append(image.size.width)
            heights.append(image.size.height)
            byteCounts.append(image.byteCount)
            digests.append(image.sha256)
        }
    }
}
