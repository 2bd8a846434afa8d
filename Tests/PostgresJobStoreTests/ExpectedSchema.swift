/// What the newest migrations make: columns, constraints and indexes.
let expectedSchema = """
    CREATE INDEX jobs_published ON public.jobs USING btree (published_at, id) WHERE ((published_at IS NOT NULL) AND (finished_at IS NULL))
    CREATE INDEX jobs_unpublished ON public.jobs USING btree (created_at, id) WHERE ((published_at IS NULL) AND (finished_at IS NULL))
    CREATE UNIQUE INDEX images_pkey ON public.images USING btree (job_id, "position")
    CREATE UNIQUE INDEX jobs_pkey ON public.jobs USING btree (id)
    CREATE UNIQUE INDEX schema_migrations_pkey ON public.schema_migrations USING btree (number)
    images images_byte_count_check CHECK ((byte_count >= 0))
    images images_height_check CHECK ((height > 0))
    images images_job_id_fkey FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE
    images images_pkey PRIMARY KEY (job_id, "position")
    images images_position_check CHECK (("position" >= 0))
    images images_width_check CHECK ((width > 0))
    images.byte_count bigint NOT NULL
    images.content_type text NOT NULL
    images.height integer NOT NULL
    images.job_id uuid NOT NULL
    images.key text NOT NULL
    images.position integer NOT NULL
    images.sha256 text NOT NULL
    images.url text NOT NULL
    images.width integer NOT NULL
    jobs jobs_attempt_check CHECK ((attempt >= 0))
    jobs jobs_failure_check CHECK ((((status = 'FAILED'::text) = (failure_code IS NOT NULL)) AND ((failure_code IS NULL) = (failure_message IS NULL)) AND ((failure_code IS NULL) = (failure_retryable IS NULL))))
    jobs jobs_finished_check CHECK (((finished_at IS NOT NULL) = (status = ANY (ARRAY['COMPLETED'::text, 'FAILED'::text, 'CANCELLED'::text]))))
    jobs jobs_pkey PRIMARY KEY (id)
    jobs jobs_started_check CHECK (((started_at IS NOT NULL) OR (status <> ALL (ARRAY['PROCESSING'::text, 'COMPLETED'::text]))))
    jobs jobs_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text, 'COMPLETED'::text, 'FAILED'::text, 'CANCELLED'::text])))
    jobs.attempt integer NOT NULL DEFAULT 0
    jobs.created_at timestamp with time zone NOT NULL DEFAULT now()
    jobs.due_at timestamp with time zone NOT NULL DEFAULT now()
    jobs.failure_code text
    jobs.failure_message text
    jobs.failure_retryable boolean
    jobs.fence bigint NOT NULL DEFAULT 0
    jobs.finished_at timestamp with time zone
    jobs.id uuid NOT NULL
    jobs.owner text NOT NULL
    jobs.published_at timestamp with time zone
    jobs.request text NOT NULL
    jobs.started_at timestamp with time zone
    jobs.status text NOT NULL DEFAULT 'PENDING'::text
    jobs.worker text
    schema_migrations schema_migrations_pkey PRIMARY KEY (number)
    schema_migrations.applied_at timestamp with time zone NOT NULL DEFAULT now()
    schema_migrations.checksum text NOT NULL
    schema_migrations.name text NOT NULL
    schema_migrations.number integer NOT NULL

    """
