package import ImageJobs
internal import SQLite

/// Which jobs need a message.
extension SQLiteJobStore {
    package func markPublished(_ ids: [JobID]) async throws(JobStoreError) {
        guard !ids.isEmpty else { return }
        try await write { [now] connection throws(SQLiteError) in
            let at = now().microsecondsSinceEpoch
            for id in ids {
                // A finished job needs no message, and its row never changes.
                try connection.run(
                    "UPDATE jobs SET published_at = \(at) WHERE id = \(id.bytes) AND finished_at IS NULL"
                )
            }
        }
    }

    package func unpublished(olderThan age: Duration, limit: Int) async throws(JobStoreError) -> [JobID] {
        try await ids { now in
            """
            SELECT id FROM jobs
            WHERE published_at IS NULL AND finished_at IS NULL
                AND created_at <= \(now.advanced(by: .zero - age).microsecondsSinceEpoch)
            ORDER BY created_at, sequence LIMIT \(max(0, limit))
            """
        }
    }

    package func stranded(silentFor age: Duration, limit: Int) async throws(JobStoreError) -> [JobID] {
        // A job is silent since its last message; a pending one not before it is due, one with a lease not before
        // that has run out.
        try await ids { now in
            let since = now.advanced(by: .zero - age).microsecondsSinceEpoch
            return """
                SELECT id FROM jobs
                WHERE published_at IS NOT NULL AND finished_at IS NULL AND published_at <= \(since)
                    AND (lease_until <= \(now.microsecondsSinceEpoch) OR lease_until IS NULL AND due_at <= \(since))
                ORDER BY published_at, sequence LIMIT \(max(0, limit))
                """
        }
    }

    private func ids(
        _ query: @escaping @Sendable (Timestamp) -> SQLiteQuery
    ) async throws(JobStoreError) -> [JobID] {
        let rows = try await read { [now] connection throws(SQLiteError) in
            try connection.rows(query(now())) { row throws(SQLiteError) in try row.blob(0) }
        }
        return rows.compactMap(JobID.init(bytes:))
    }
}
