/// How a database file is opened.
package struct SQLiteSettings: Sendable {
    /// What a commit promises.
    ///
    /// Neither can damage the file.
    package enum Durability: Sendable {
        /// On the disk before the commit returns: survives a power cut.
        case full
        /// Survives the end of the process at any moment; the last commits may be lost when the machine loses power.
        case normal
    }

    package var durability: Durability
    /// How long a statement waits for another connection's lock.
    package var busyTimeout: Duration
    /// The largest size of the file, in pages; nil for SQLite's own limit.
    package var pageLimit: Int?
    /// The largest number of callers that wait for one connection; more are refused.
    package var waitingLimit: Int

    package init(
        durability: Durability = .full,
        busyTimeout: Duration = .seconds(5),
        pageLimit: Int? = nil,
        waitingLimit: Int = 10_000
    ) {
        self.durability = durability
        self.busyTimeout = busyTimeout
        self.pageLimit = pageLimit
        self.waitingLimit = waitingLimit
    }

    /// The busy timeout as SQLite takes it.
    var busyTimeoutMilliseconds: Int32 {
        let (seconds, attoseconds) = busyTimeout.components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
