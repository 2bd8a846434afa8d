import FoundationEssentials
import ImageJobs

/// A job as clients see it.
///
/// Without the owner's key it holds nothing that the id alone should not give.
struct JobDocument: Encodable {
    struct Image: Encodable {
        var id: String?
        let url: String
        var contentType: String?
        var width: Int?
        var height: Int?
        var byteCount: Int?
        var sha256: String?

        private enum CodingKeys: String, CodingKey {
            case id
            case url
            case contentType = "content_type"
            case width
            case height
            case byteCount = "size_bytes"
            case sha256
        }
    }

    struct Failure: Encodable {
        let code: String
        var message: String?
        var retryable: Bool?
    }

    struct Links: Encodable {
        let `self`: String
    }

    let id: String
    let status: String
    let resultURL: String?
    let images: [Image]
    var attempt: Int?
    let error: Failure?
    let createdAt: String
    let startedAt: String?
    let completedAt: String?
    var model: String?
    var metadata: [String: String]?
    let urls: Links

    /// Who may see what.
    enum View {
        /// The owner's key was given.
        case owner
        /// Only the id is known.
        case capability
    }

    init(_ job: Job, for view: View) {
        let isOwner = view == .owner
        let facts = Facts(job.state)
        id = job.id.description
        status = job.state.status.rawValue
        resultURL = facts.images.first?.url
        images = facts.images.enumerated()
            .map { index, image in
                guard isOwner else { return Image(url: image.url) }
                return Image(
                    id: "\(job.id)-\(index + 1)",
                    url: image.url,
                    contentType: image.contentType,
                    width: image.size.width,
                    height: image.size.height,
                    byteCount: image.byteCount,
                    sha256: image.sha256
                )
            }
        error = facts.failure.map { failure in
            guard isOwner else { return Failure(code: failure.code.rawValue) }
            return Failure(
                code: failure.code.rawValue,
                message: failure.message,
                retryable: failure.retryable
            )
        }
        createdAt = Self.text(job.createdAt)
        startedAt = facts.startedAt.map(Self.text)
        completedAt = facts.endedAt.map(Self.text)
        urls = Links(self: Self.statusURL(job.id))
        if isOwner {
            attempt = job.attempt
            model = job.request.model
            metadata = job.request.metadata
        }
    }

    static func statusURL(_ id: JobID) -> String { "/v1/result/\(id)" }

    /// RFC 3339 in UTC with milliseconds.
    private static func text(_ moment: Timestamp) -> String {
        let date = Date(timeIntervalSince1970: Double(moment.microsecondsSinceEpoch / 1_000) / 1_000)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private struct Facts {
        var images: [StoredImage] = []
        var failure: JobFailure?
        var startedAt: Timestamp?
        var endedAt: Timestamp?

        init(_ state: JobState) {
            switch state {
            case .pending: break
            case .processing(let start): startedAt = start
            case .completed(let start, let end, let stored):
                (startedAt, endedAt, images) = (start, end, stored)
            case .failed(let start, let end, let reason):
                (startedAt, endedAt, failure) = (start, end, reason)
            case .cancelled(let start, let end):
                (startedAt, endedAt) = (start, end)
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case status
        case resultURL = "result_cloudfront_url"
        case images
        case attempt
        case error
        case createdAt = "created_at"
        case startedAt = "started_at"
        case completedAt = "completed_at"
        case model
        case metadata
        case urls
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(status, forKey: .status)
        // Clients poll these: null rather than missing until they are known.
        try container.encode(resultURL, forKey: .resultURL)
        try container.encode(images, forKey: .images)
        try container.encode(error, forKey: .error)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(startedAt, forKey: .startedAt)
        try container.encode(completedAt, forKey: .completedAt)
        try container.encodeIfPresent(attempt, forKey: .attempt)
        try container.encodeIfPresent(model, forKey: .model)
        try container.encodeIfPresent(metadata, forKey: .metadata)
        try container.encode(urls, forKey: .urls)
    }
}

/// The answer to `POST /v1/generate`: the seed's two fields first, then the job's.
struct AcceptedDocument: Encodable {
    let jobID: String
    let statusURL: String
    let job: JobDocument

    private enum CodingKeys: String, CodingKey {
        case jobID = "jobId"
        case statusURL = "statusUrl"
    }

    init(_ job: Job) {
        jobID = job.id.description
        statusURL = JobDocument.statusURL(job.id)
        self.job = JobDocument(job, for: .owner)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(jobID, forKey: .jobID)
        try container.encode(statusURL, forKey: .statusURL)
        try job.encode(to: encoder)
    }
}
