package import ImageJobs
internal import SQLite

/// How attempts end.
extension SQLiteJobStore {
    package func settle(_ outcomes: [Settlement]) async throws(JobStoreError) -> Set<Claim> {
        guard !outcomes.isEmpty else { return [] }
        let endings = try outcomes.map { settlement throws(JobStoreError) in
            (claim: settlement.claim, ending: try Ending(settlement.outcome))
        }
        return try await write { [now] connection throws(SQLiteError) in
            let at = now()
            var held: Set<Claim> = []
            for (claim, ending) in endings {
                let isHeld =
                    if try Self.record(ending, of: claim, at: at, on: connection) {
                        true
                    } else {
                        try Self.hasRecorded(ending, of: claim, on: connection)
                    }
                if isHeld { held.insert(claim) }
            }
            return held
        }
    }

    /// An outcome with its JSON already made.
    private enum Ending: Sendable {
        case completed([StoredImage])
        case failed(json: String)
        case retry(after: Duration)
        case handedBack

        init(_ outcome: AttemptOutcome) throws(JobStoreError) {
            switch outcome {
            case .completed(let images): self = .completed(images)
            case .failed(let failure): self = .failed(json: try RowJSON.encode(failure))
            case .retry(let delay): self = .retry(after: delay)
            case .handedBack: self = .handedBack
            }
        }
    }

    /// Writes the outcome if the claim still holds the job; false when it does not.
    private static func record(
        _ ending: Ending,
        of claim: Claim,
        at now: Timestamp,
        on connection: SQLiteConnection
    ) throws(SQLiteError) -> Bool {
        let (id, fence) = (claim.job.bytes, claim.fence.rawValue)
        let at = now.microsecondsSinceEpoch
        switch ending {
        case .completed(let images):
            try connection.run(
                """
                UPDATE jobs SET status = 'COMPLETED', lease_until = NULL, finished_at = \(at)
                WHERE id = \(id) AND fence = \(fence) AND lease_until IS NOT NULL
                """
            )
            guard connection.changedRowCount == 1 else { return false }
            try insert(images, of: claim.job, on: connection)
            return true
        case .failed(let json):
            try connection.run(
                """
                UPDATE jobs SET status = 'FAILED', lease_until = NULL, finished_at = \(at), failure = \(json)
                WHERE id = \(id) AND fence = \(fence) AND lease_until IS NOT NULL
                """
            )
        case .retry(let delay):
            let due = now.advanced(by: delay).microsecondsSinceEpoch
            try connection.run(
                """
                UPDATE jobs SET status = 'PENDING', lease_until = NULL, started_at = NULL, due_at = \(due)
                WHERE id = \(id) AND fence = \(fence) AND lease_until IS NOT NULL
                """
            )
        case .handedBack:
            try connection.run(
                """
                UPDATE jobs
                SET status = 'PENDING', lease_until = NULL, started_at = NULL, due_at = \(at), attempt = attempt - 1
                WHERE id = \(id) AND fence = \(fence) AND lease_until IS NOT NULL
                """
            )
        }
        return connection.changedRowCount == 1
    }

    private static func insert(
        _ images: [StoredImage],
        of job: JobID,
        on connection: SQLiteConnection
    ) throws(SQLiteError) {
        for (position, image) in images.enumerated() {
            try connection.run(
                """
                INSERT INTO images (job, position, \(sql: ImageRow.columns))
                VALUES (\(job.bytes), \(position), \(image.key.path), \(image.url), \(image.contentType),
                    \(image.size.width), \(image.size.height), \(image.byteCount), \(image.sha256))
                """
            )
        }
    }

    /// Whether this claim has recorded this very outcome before: its answer was lost, and it asks again.
    private static func hasRecorded(
        _ ending: Ending,
        of claim: Claim,
        on connection: SQLiteConnection
    ) throws(SQLiteError) -> Bool {
        guard let row = try JobRow.find(claim.job, on: connection), row.fence == claim.fence.rawValue else {
            return false
        }
        switch ending {
        case .completed(let images):
            return row.status == JobStatus.completed.rawValue && row.images.count == images.count
                && zip(row.images, images).allSatisfy { $0.describes($1) }
        case .failed(let json):
            return row.status == JobStatus.failed.rawValue && row.failure == json
        case .retry, .handedBack:
            return false
        }
    }
}
