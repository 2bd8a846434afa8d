package import ImageJobs

/// How a worker process behaves.
package struct WorkerSettings: Sendable {
    package var worker: WorkerID
    /// Jobs worked on at the same time.
    package var concurrency: Int
    /// How long a claim and a message's invisibility last without a heartbeat.
    ///
    /// Heartbeats come at a third of it.
    package var lease: Duration
    /// The long poll: at most 20 s.
    ///
    /// Stopping lets a poll end, so it is part of the time that stopping takes.
    package var pollWait: Duration
    /// After a failed poll, the pause before the next; doubled up to `maximumPause`.
    package var pause: Duration
    package var maximumPause: Duration
    /// The longest that one attempt may take.
    package var attemptTimeout: Duration
    /// When stopping, jobs may go on for this long; then they are handed back.
    package var finishTime: Duration
    /// How long an outcome is offered to a database that does not take it.
    package var recordPatience: Duration
    package var retry: RetryPolicy

    package init(
        worker: WorkerID,
        concurrency: Int = 4,
        lease: Duration = .seconds(60),
        pollWait: Duration = .seconds(10),
        pause: Duration = .milliseconds(200),
        maximumPause: Duration = .seconds(20),
        attemptTimeout: Duration = .seconds(660),
        finishTime: Duration = .seconds(12),
        recordPatience: Duration = .seconds(300),
        retry: RetryPolicy = RetryPolicy()
    ) {
        self.worker = worker
        self.concurrency = concurrency
        self.lease = lease
        self.pollWait = pollWait
        self.pause = pause
        self.maximumPause = maximumPause
        self.attemptTimeout = attemptTimeout
        self.finishTime = finishTime
        self.recordPatience = recordPatience
        self.retry = retry
    }
}

/// What a worker needs from the world.
package struct WorkerPorts: Sendable {
    package var claims: any JobClaims
    package var queue: any JobQueue
    package var images: any ImageStore
    package var provider: any ImageProvider
    package var editor: any ImageEditor
    /// The SHA-256 of bytes, in lower-case hexadecimal.
    package var digest: @Sendable ([UInt8]) -> String
    /// A number in 0..<1.
    package var random: @Sendable () -> Double

    package init(
        claims: any JobClaims,
        queue: any JobQueue,
        images: any ImageStore,
        provider: any ImageProvider,
        editor: any ImageEditor,
        digest: @escaping @Sendable ([UInt8]) -> String,
        random: @escaping @Sendable () -> Double
    ) {
        self.claims = claims
        self.queue = queue
        self.images = images
        self.provider = provider
        self.editor = editor
        self.digest = digest
        self.random = random
    }
}
