internal import FoundationEssentials
internal import ImageJobs
internal import SQLite

/// A job as its row holds it, read on the connection's thread; made into a `Job` on the caller's.
struct JobRow: Sendable {
    static let columns: StaticString = """
        id, owner, request, created_at, attempt, fence, status, started_at, finished_at, failure
        """

    let id: [UInt8]
    let owner: String
    let request: String
    let createdAt: Int64
    let attempt: Int64
    let fence: Int64
    let status: String
    let startedAt: Int64?
    let finishedAt: Int64?
    let failure: String?
    var images: [ImageRow] = []

    init(_ row: borrowing SQLiteRow) throws(SQLiteError) {
        id = try row.blob(0)
        owner = try row.text(1)
        request = try row.text(2)
        createdAt = try row.integer(3)
        attempt = try row.integer(4)
        fence = try row.integer(5)
        status = try row.text(6)
        startedAt = try row.optionalInteger(7)
        finishedAt = try row.optionalInteger(8)
        failure = try row.optionalText(9)
    }

    /// The row of this id with its images; nil when there is none.
    static func find(_ id: JobID, on connection: SQLiteConnection) throws(SQLiteError) -> JobRow? {
        let found = try connection.first(
            "SELECT \(sql: columns) FROM jobs WHERE id = \(id.bytes)",
            JobRow.init
        )
        guard var row = found, row.status == JobStatus.completed.rawValue else { return found }
        row.images = try connection.rows(
            "SELECT \(sql: ImageRow.columns) FROM images WHERE job = \(id.bytes) ORDER BY position",
            ImageRow.init
        )
        return row
    }

    func job() throws(JobStoreError) -> Job {
        guard let id = JobID(bytes: id) else { throw .rejected(reason: "a row's id is none") }
        return Job(
            id: id,
            owner: OwnerID(rawValue: owner),
            request: try RowJSON.decode(ImageRequest.self, from: request),
            createdAt: Timestamp(microsecondsSinceEpoch: createdAt),
            attempt: Int(attempt),
            fence: Fence(rawValue: fence),
            state: try state()
        )
    }

    private func state() throws(JobStoreError) -> JobState {
        let startedAt = startedAt.map(Timestamp.init(microsecondsSinceEpoch:))
        let finishedAt = finishedAt.map(Timestamp.init(microsecondsSinceEpoch:))
        switch (JobStatus(rawValue: status), startedAt, finishedAt) {
        case (.pending, _, _):
            return .pending
        case (.processing, let startedAt?, _):
            return .processing(startedAt: startedAt)
        case (.completed, let startedAt?, let finishedAt?):
            let images = try images.map { row throws(JobStoreError) in try row.image() }
            return .completed(startedAt: startedAt, at: finishedAt, images: images)
        case (.failed, _, let finishedAt?):
            let failure = try RowJSON.decode(JobFailure.self, from: failure ?? "")
            return .failed(startedAt: startedAt, at: finishedAt, failure)
        case (.cancelled, _, let finishedAt?):
            return .cancelled(startedAt: startedAt, at: finishedAt)
        default:
            throw .rejected(reason: "a row's status and times disagree")
        }
    }
}

/// One image of a job as its row holds it.
struct ImageRow: Sendable {
    static let columns: StaticString = "key, url, content_type, width, height, byte_count, sha256"

    let key: String
    let url: String
    let contentType: String
    let width: Int64
    let height: Int64
    let byteCount: Int64
    let sha256: String

    init(_ row: borrowing SQLiteRow) throws(SQLiteError) {
        key = try row.text(0)
        url = try row.text(1)
        contentType = try row.text(2)
        width = try row.integer(3)
        height = try row.integer(4)
        byteCount = try row.integer(5)
        sha256 = try row.text(6)
    }

    func image() throws(JobStoreError) -> StoredImage {
        guard let key = ImageKey(path: key) else { throw .rejected(reason: "a row's image key is none") }
        return StoredImage(
            key: key,
            url: url,
            contentType: contentType,
            size: PixelSize(width: Int(width), height: Int(height)),
            byteCount: Int(byteCount),
            sha256: sha256
        )
    }

    /// Whether the row describes this image.
    func describes(_ image: StoredImage) -> Bool {
        key == image.key.path && url == image.url && contentType == image.contentType
            && width == Int64(image.size.width) && height == Int64(image.size.height)
            && byteCount == Int64(image.byteCount) && sha256 == image.sha256
    }
}

/// The JSON of a row's columns.
///
/// Keys are sorted, so equal values give equal text.
enum RowJSON {
    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
    private static let decoder = JSONDecoder()

    static func encode(_ value: some Encodable) throws(JobStoreError) -> String {
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            // The error may quote the value.
            throw .rejected(reason: "a value has no JSON form")
        }
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type,
        from text: String
    ) throws(JobStoreError) -> Value {
        do {
            return try decoder.decode(type, from: Data(text.utf8))
        } catch {
            // The error may quote the value.
            throw .rejected(reason: "a row's JSON is no \(type)")
        }
    }
}

extension JobID {
    /// The sixteen bytes, most significant first, so that rows sort as ids do.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        for word in [high, low] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return bytes
    }

    /// An id from its sixteen bytes; nil for another number of them.
    init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        let high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        let low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
        self.init(high: high, low: low)
    }
}
