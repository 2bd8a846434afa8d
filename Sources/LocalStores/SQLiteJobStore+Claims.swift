package import ImageJobs
internal import SQLite

/// Leases. A job is free when `lease_until`, or for a pending job `due_at`, has passed.
extension SQLiteJobStore {
    package func claim(
        _ ids: [JobID],
        for worker: WorkerID,
        lease: Duration
    ) async throws(JobStoreError) -> [ClaimAnswer] {
        guard !ids.isEmpty else { return [] }
        let findings = try await write { [now] connection throws(SQLiteError) in
            let at = now()
            return try ids.map { id throws(SQLiteError) in
                let claimed = try Self.claim(id, for: worker, at: at, lease: lease, on: connection)
                return if let claimed { claimed } else { try Self.whyNot(id, at: at, on: connection) }
            }
        }
        return try findings.map { finding throws(JobStoreError) in
            switch finding {
            case .claimed(let row): .claimed(try row.job())
            case .other(let answer): answer
            }
        }
    }

    package func extend(_ claims: [Claim], lease: Duration) async throws(JobStoreError) -> Set<Claim> {
        guard !claims.isEmpty else { return [] }
        return try await write { [now] connection throws(SQLiteError) in
            let until = now().advanced(by: lease).microsecondsSinceEpoch
            var held: Set<Claim> = []
            for claim in claims {
                try connection.run(
                    """
                    UPDATE jobs SET lease_until = \(until)
                    WHERE id = \(claim.job.bytes) AND fence = \(claim.fence.rawValue) AND lease_until IS NOT NULL
                    """
                )
                if connection.changedRowCount == 1 { held.insert(claim) }
            }
            return held
        }
    }

    /// What a claim found, with the row not decoded yet.
    private enum Finding: Sendable {
        case claimed(JobRow)
        case other(ClaimAnswer)
    }

    private static func claim(
        _ id: JobID,
        for worker: WorkerID,
        at now: Timestamp,
        lease: Duration,
        on connection: SQLiteConnection
    ) throws(SQLiteError) -> Finding? {
        let at = now.microsecondsSinceEpoch
        let until = now.advanced(by: lease).microsecondsSinceEpoch
        let row = try connection.first(
            """
            UPDATE jobs
            SET status = 'PROCESSING', attempt = attempt + 1, fence = fence + 1, worker = \(worker.rawValue),
                lease_until = \(until), started_at = \(at)
            WHERE id = \(id.bytes) AND finished_at IS NULL AND coalesce(lease_until, due_at) <= \(at)
            RETURNING \(sql: JobRow.columns)
            """,
            JobRow.init
        )
        return row.map(Finding.claimed)
    }

    private static func whyNot(
        _ id: JobID,
        at now: Timestamp,
        on connection: SQLiteConnection
    ) throws(SQLiteError) -> Finding {
        let answer = try connection.first(
            "SELECT finished_at, coalesce(lease_until, due_at) FROM jobs WHERE id = \(id.bytes)"
        ) { row throws(SQLiteError) -> ClaimAnswer in
            guard row.isNull(0) else { return .finished }
            let freeAt = Timestamp(microsecondsSinceEpoch: try row.integer(1))
            return .notYet(now.duration(to: freeAt))
        }
        return .other(answer ?? .unknown)
    }
}
