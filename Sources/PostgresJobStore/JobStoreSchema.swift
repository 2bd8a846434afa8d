package import Postgres

/// The tables of jobs and images, one step after another.
package enum JobStoreSchema {
    package static let migrations = [
        PostgresMigration(number: 1, name: "jobs and images", sql: jobsAndImages)
    ]

    /// - `request` is JSON that only this program reads: text is kept to the byte and costs no parsing.
    /// - `due_at` is when the next claim may succeed: when a pending job is due, or when a lease ends.
    /// - `finished_at` says that a job is terminal. Partial indexes look at it, not at `status`, so that claims and
    ///   lease extensions change no indexed column and stay cheap (heap-only) updates; hence the free room per page too.
    private static let jobsAndImages = """
        CREATE TABLE jobs (
            id uuid PRIMARY KEY,
            owner text NOT NULL,
            request text NOT NULL,
            status text NOT NULL DEFAULT 'PENDING'
                CHECK (status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED')),
            attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
            fence bigint NOT NULL DEFAULT 0,
            due_at timestamptz NOT NULL DEFAULT now(),
            worker text,
            created_at timestamptz NOT NULL DEFAULT now(),
            published_at timestamptz,
            started_at timestamptz,
            finished_at timestamptz,
            failure_code text,
            failure_message text,
            failure_retryable boolean,
            CONSTRAINT jobs_finished_check
                CHECK ((finished_at IS NOT NULL) = (status IN ('COMPLETED', 'FAILED', 'CANCELLED'))),
            CONSTRAINT jobs_started_check
                CHECK (started_at IS NOT NULL OR status NOT IN ('PROCESSING', 'COMPLETED')),
            CONSTRAINT jobs_failure_check
                CHECK ((status = 'FAILED') = (failure_code IS NOT NULL)
                    AND (failure_code IS NULL) = (failure_message IS NULL)
                    AND (failure_code IS NULL) = (failure_retryable IS NULL))
        ) WITH (fillfactor = 80);

        CREATE INDEX jobs_unpublished ON jobs (created_at, id)
            WHERE published_at IS NULL AND finished_at IS NULL;
        CREATE INDEX jobs_published ON jobs (published_at, id)
            WHERE published_at IS NOT NULL AND finished_at IS NULL;

        CREATE TABLE images (
            job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
            position integer NOT NULL CHECK (position >= 0),
            key text NOT NULL,
            url text NOT NULL,
            content_type text NOT NULL,
            width integer NOT NULL CHECK (width > 0),
            height integer NOT NULL CHECK (height > 0),
            byte_count bigint NOT NULL CHECK (byte_count >= 0),
            sha256 text NOT NULL,
            PRIMARY KEY (job_id, position)
        );
        """
}
