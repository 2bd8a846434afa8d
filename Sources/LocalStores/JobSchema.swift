internal import SQLite

/// The tables of the job store.
enum JobSchema {
    /// Never edited once merged: a change is a new migration.
    static let migrations = [
        SQLiteMigration(
            1,
            """
            CREATE TABLE jobs (
                sequence INTEGER PRIMARY KEY,
                id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
                owner TEXT NOT NULL,
                request TEXT NOT NULL,
                status TEXT NOT NULL
                    CHECK (status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED')),
                created_at INTEGER NOT NULL,
                due_at INTEGER NOT NULL,
                attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
                fence INTEGER NOT NULL DEFAULT 0 CHECK (fence >= 0),
                worker TEXT,
                lease_until INTEGER,
                started_at INTEGER,
                finished_at INTEGER,
                failure TEXT,
                published_at INTEGER,
                CHECK ((status = 'PROCESSING') = (lease_until IS NOT NULL)),
                CHECK ((status IN ('COMPLETED', 'FAILED', 'CANCELLED')) = (finished_at IS NOT NULL)),
                CHECK ((status = 'FAILED') = (failure IS NOT NULL))
            ) STRICT;

            CREATE TABLE images (
                job BLOB NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
                position INTEGER NOT NULL,
                key TEXT NOT NULL,
                url TEXT NOT NULL,
                content_type TEXT NOT NULL,
                width INTEGER NOT NULL,
                height INTEGER NOT NULL,
                byte_count INTEGER NOT NULL,
                sha256 TEXT NOT NULL,
                PRIMARY KEY (job, position)
            ) STRICT, WITHOUT ROWID;

            -- Both hold open jobs only, so that finished ones cost the relay and the rescuer nothing.
            CREATE INDEX jobs_unpublished ON jobs (created_at)
                WHERE published_at IS NULL AND finished_at IS NULL;
            CREATE INDEX jobs_published ON jobs (published_at)
                WHERE published_at IS NOT NULL AND finished_at IS NULL;

            CREATE TRIGGER jobs_terminal BEFORE UPDATE ON jobs WHEN OLD.finished_at IS NOT NULL
            BEGIN
                SELECT RAISE(ABORT, 'a terminal job never changes');
            END;
            """
        )
    ]
}
