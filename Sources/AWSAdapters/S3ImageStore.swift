package import AWSClient
package import ImageJobs

/// Images in a private S3 bucket, read by clients through CloudFront.
///
/// Needs `s3:PutObject`, `s3:GetObject` and `s3:DeleteObject` on `images/*`, and `s3:ListBucket` on the bucket for that
/// prefix: without it S3 hides that an object is missing behind `AccessDenied`.
package struct S3ImageStore: ImageStore {
    /// An image never changes once stored: its key holds the fence of the claim that made it.
    private static let cacheControl = "public, max-age=31536000, immutable"
    /// The largest image that is read back.
    private static let imageBytes = 64 * 1024 * 1024
    /// Far more than the attempts at one job can leave behind.
    private static let keysPerJob = 10_000
    private static let keysPerDelete = 1000

    private let bucket: S3Bucket
    private let publicURL: String

    /// `publicURL` is where clients find the bucket's objects: CloudFront's, with or without a slash at its end.
    package init(bucket: S3Bucket, publicURL: String) {
        self.bucket = bucket
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
    }

    package func put(_ object: ImageObject) async throws(ImageStoreError) {
        let upload = S3Upload(
            key: object.key.path,
            bytes: object.bytes,
            contentType: object.format.contentType,
            cacheControl: Self.cacheControl,
            checksum: .knownSHA256(object.sha256)
        )
        try await translating { () throws(AWSError) in _ = try await bucket.put(upload) }
    }

    package func get(_ key: ImageKey) async throws(ImageStoreError) -> [UInt8]? {
        try await translating { () throws(AWSError) in
            do throws(AWSError) {
                return try await bucket.get(key.path, limit: Self.imageBytes).bytes
            } catch .service(let error) where error.code == "NoSuchKey" {
                return nil
            }
        }
    }

    package func delete(_ keys: [ImageKey]) async throws(ImageStoreError) {
        for start in stride(from: 0, to: keys.count, by: Self.keysPerDelete) {
            let paths = keys[start..<min(start + Self.keysPerDelete, keys.count)].map(\.path)
            let failures = try await translating { () throws(AWSError) in try await bucket.delete(paths) }
            if let failure = failures.first { throw ImageStoreError(failure) }
        }
    }

    package func keys(of job: JobID) async throws(ImageStoreError) -> [ImageKey] {
        let paths = try await translating { () throws(AWSError) in
            try await bucket.keys(withPrefix: "images/\(job)/", limit: Self.keysPerJob)
        }
        return paths.compactMap { ImageKey(path: $0) }
    }

    package func url(for key: ImageKey) -> String { "\(publicURL)/\(key.path)" }

    /// Lists, because that needs no object to be there and no permission but those for `images/`.
    package func check() async throws(ImageStoreError) {
        try await translating { () throws(AWSError) in _ = try await bucket.list(prefix: "images/", limit: 1)
        }
    }

    private func translating<Answer>(
        _ call: () async throws(AWSError) -> Answer
    ) async throws(ImageStoreError) -> Answer {
        do throws(AWSError) {
            return try await call()
        } catch {
            throw ImageStoreError(error)
        }
    }
}

extension ImageStoreError {
    fileprivate init(_ error: AWSError) {
        switch AWSFault(error) {
        case .cancelled: self = .cancelled
        case .unavailable(let reason): self = .unavailable(reason: reason)
        case .misconfigured(let reason): self = .misconfigured(reason: reason)
        }
    }

    fileprivate init(_ failure: S3DeleteFailure) {
        let isForbidden = failure.code == "AccessDenied"
        self = isForbidden ? .misconfigured(reason: failure.code) : .unavailable(reason: failure.code)
    }
}
