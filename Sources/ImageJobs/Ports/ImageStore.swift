/// Keeps finished images where clients can fetch them.
package protocol ImageStore: Sendable {
    /// Stores the object; it is durable and readable when this returns. Writing the same key again replaces it.
    func put(_ object: ImageObject) async throws(ImageStoreError)

    /// The stored bytes, or nil when there is no such object.
    func get(_ key: ImageKey) async throws(ImageStoreError) -> [UInt8]?

    /// Removes the objects; a missing one is no error.
    func delete(_ keys: [ImageKey]) async throws(ImageStoreError)

    /// Every key of the job, of all its attempts.
    func keys(of job: JobID) async throws(ImageStoreError) -> [ImageKey]

    /// Where a client fetches the object. Does not look whether it exists.
    func url(for key: ImageKey) -> String

    /// Returns when the store answers and may be used.
    func check() async throws(ImageStoreError)
}

/// An image about to be stored.
package struct ImageObject: Sendable {
    package let key: ImageKey
    package let format: ImageFormat
    package let bytes: [UInt8]
    /// The SHA-256 of `bytes`, in lower-case hexadecimal.
    package let sha256: String

    package init(key: ImageKey, format: ImageFormat, bytes: [UInt8], sha256: String) {
        self.key = key
        self.format = format
        self.bytes = bytes
        self.sha256 = sha256
    }
}

/// Why the image store did not do it.
///
/// Safe to log.
package enum ImageStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    case cancelled
    /// Not reachable, throttled, disk full: try again later.
    case unavailable(reason: String)
    /// No such bucket, no permission: someone must act. Jobs stay retryable.
    case misconfigured(reason: String)

    package var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .unavailable(let reason): "image store unavailable: \(reason)"
        case .misconfigured(let reason): "image store misconfigured: \(reason)"
        }
    }
}
