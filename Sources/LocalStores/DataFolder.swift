package import ImageJobs

/// Everything the embedded default keeps, under one folder: jobs, queue and images, for one process at a time.
package final class DataFolder: Sendable {
    package let jobs: SQLiteJobStore
    package let queue: SQLiteJobQueue
    package let images: FolderImageStore
    private let lock: InstanceLock

    /// Takes the folder's lock and opens what is in it, or creates it.
    ///
    /// `imageBaseURL` is where the folder's images are served. Throws `InstanceLockError` when another process has
    /// the folder, and the stores' errors.
    package static func open(
        at path: String,
        imageBaseURL: String,
        now: @escaping @Sendable () -> Timestamp = WallClock.now
    ) async throws -> DataFolder {
        let lock = try InstanceLock(folder: path)
        return DataFolder(
            lock: lock,
            jobs: try await SQLiteJobStore.open(path: "\(path)/jobs.sqlite", now: now),
            queue: try await SQLiteJobQueue.open(path: "\(path)/queue.sqlite", now: now),
            images: try await FolderImageStore.open(root: "\(path)/files", baseURL: imageBaseURL)
        )
    }

    private init(
        lock: consuming InstanceLock,
        jobs: SQLiteJobStore,
        queue: SQLiteJobQueue,
        images: FolderImageStore
    ) {
        self.lock = lock
        self.jobs = jobs
        self.queue = queue
        self.images = images
    }

    /// Closes the databases.
    ///
    /// The folder is free when the last reference goes.
    package func close() async throws {
        try await queue.close()
        try await jobs.close()
    }
}
