import ImageJobs
import Postgres

extension PostgresUUID {
    init(_ id: JobID) { self.init(high: id.high, low: id.low) }
}

extension JobID {
    init(_ id: PostgresUUID) { self.init(high: id.high, low: id.low) }
}

extension Timestamp {
    init(_ time: PostgresTimestamp) { self.init(microsecondsSinceEpoch: time.microsecondsSinceEpoch) }
}

/// Reads answers; one that makes no sense is the database's fault, not the caller's.
func decoding<Value>(_ read: () throws(PostgresError) -> Value) throws(JobStoreError) -> Value {
    do {
        return try read()
    } catch {
        throw JobStoreError(error, ofRead: true)
    }
}

extension Job {
    /// A job from the rows of `find`: one for each image, or one alone.
    init(_ rows: PostgresRows) throws(PostgresError) {
        let row = rows[0]
        let state: JobState
        let startedAt = try row.time(5)
        switch JobStatus(rawValue: try row.read(6)) {
        case .pending: state = .pending
        case .processing: state = .processing(startedAt: try row.present(startedAt))
        case .completed:
            let images = try rows.images()
            state = .completed(
                startedAt: try row.present(startedAt),
                at: try row.present(row.time(7)),
                images: images
            )
        case .failed:
            state = .failed(startedAt: startedAt, at: try row.present(row.time(7)), try row.failure())
        case .cancelled: state = .cancelled(startedAt: startedAt, at: try row.present(row.time(7)))
        case nil: throw .unexpectedAnswer("an unknown status")
        }
        self.init(
            id: JobID(try row.read(0)),
            owner: OwnerID(rawValue: try row.read(1)),
            request: try row.request(11),
            createdAt: Timestamp(try row.read(2)),
            attempt: try row.read(3),
            fence: Fence(rawValue: try row.read(4)),
            state: state
        )
    }

    /// A job that was just claimed, from columns that begin at `first`.
    init(claimedIn row: PostgresRow, from first: Int) throws(PostgresError) {
        self.init(
            id: JobID(try row.read(first)),
            owner: OwnerID(rawValue: try row.read(first + 1)),
            request: try row.request(first + 6),
            createdAt: Timestamp(try row.read(first + 2)),
            attempt: try row.read(first + 3),
            fence: Fence(rawValue: try row.read(first + 4)),
            state: .processing(startedAt: Timestamp(try row.read(first + 5)))
        )
    }
}

extension PostgresRows {
    fileprivate func images() throws(PostgresError) -> [StoredImage] {
        var images: [StoredImage] = []
        for row in self {
            guard let path = try row.readOptional(12, as: String.self) else { continue }
            guard let key = ImageKey(path: path) else {
                throw .unexpectedAnswer("a malformed image key")
            }
            images.append(
                StoredImage(
                    key: key,
                    url: try row.read(13),
                    contentType: try row.read(14),
                    size: PixelSize(width: try row.read(15), height: try row.read(16)),
                    byteCount: try row.read(17),
                    sha256: try row.read(18)
                )
            )
        }
        return images
    }
}

extension PostgresRow {
    fileprivate func time(_ column: Int) throws(PostgresError) -> Timestamp? {
        try readOptional(column, as: PostgresTimestamp.self).map { Timestamp($0) }
    }

    fileprivate func present(_ time: Timestamp?) throws(PostgresError) -> Timestamp {
        guard let time else { throw .unexpectedAnswer("a moment is missing") }
        return time
    }

    fileprivate func request(_ column: Int) throws(PostgresError) -> ImageRequest {
        guard let request = RequestCoding.decode(try read(column)) else {
            throw .unexpectedAnswer("a request that cannot be read")
        }
        return request
    }

    fileprivate func failure() throws(PostgresError) -> JobFailure {
        // A code of a newer version is still a failure.
        let code = JobFailure.Code(rawValue: try read(8)) ?? .internal
        return JobFailure(code: code, message: try read(9), retryable: try read(10))
    }
}
