import API
import FoundationEssentials
import HTTPMessages
import ImageJobs
import LocalStores
import Synchronization
import Telemetry
import TestSupport
import Testing

/// An API over a real store in a temporary folder, asked directly or with faults.
struct APIFixture {
    static let key = "fixture-key-1"
    static let otherKey = "fixture-key-2"

    let store: SQLiteJobStore
    let sink = RecordingSink()
    let queue = SilentQueue()

    /// Runs the body against an API and cleans up.
    static func with(
        resultAccess: APISettings.ResultAccess = .id,
        origins: [String] = [],
        faults: FaultyStore.Faults = FaultyStore.Faults(),
        checks: [Readiness.Check] = [],
        _ body: (APIFixture, APIResponder) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("api-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let store = try await SQLiteJobStore.open(path: folder.appendingPathComponent("jobs.sqlite").path)
        let fixture = APIFixture(store: store)
        let faulty = FaultyStore(store: store, faults: faults)
        let publisher = JobPublisher(queue: fixture.queue, outbox: store)
        let ids = JobIDSource(now: WallClock.now) { UInt64.random(in: .min ... .max) }
        let submission = JobSubmission(ids: ids, store: faulty, publisher: publisher)
        let model = ImageModel(
            id: "mock",
            provider: "mock",
            aliases: ["default"],
            capabilities: ModelCapabilities(
                edge: 64...2048,
                edgeMultiple: 1,
                imagesPerJob: 4,
                acceptsSeed: true,
                referenceImages: 0
            )
        )
        let responder = APIResponder(
            APIDependencies(
                submission: submission,
                reader: faulty,
                catalogue: try #require(ModelCatalogue(models: [model])),
                readiness: Readiness(checks: checks),
                freshRequestID: { "fresh-id" }
            ),
            settings: APISettings(
                keys: APIKeys([
                    APIKeys.Entry(name: "owner", key: key), APIKeys.Entry(name: "stranger", key: otherKey),
                ]),
                resultAccess: resultAccess,
                allowedOrigins: origins
            ),
            log: Log(sink: fixture.sink, minimum: .debug)
        )
        async let running: Void = submission.run()
        do {
            try await body(fixture, responder)
        } catch {
            submission.close()
            await running
            throw error
        }
        submission.close()
        await running
        try await store.close()
    }
}

extension APIResponder {
    /// Posts a body to the generate route as the fixture's owner.
    func generate(_ body: String, fields: KeyValuePairs<String, String> = [:]) async -> OutgoingResponse {
        await generate(bytes: Array(body.utf8), fields: fields)
    }

    func generate(bytes: [UInt8], fields: KeyValuePairs<String, String> = [:]) async -> OutgoingResponse {
        var all = HTTPFields(["Content-Type": "application/json", "Authorization": "Bearer \(APIFixture.key)"])
        for (name, value) in fields { all.set(name, value) }
        return await respond(
            to: IncomingRequest(method: .post, path: "/v1/generate", fields: all, body: .bytes(bytes))
        )
    }

    func get(_ path: String, fields: HTTPFields = HTTPFields()) async -> OutgoingResponse {
        await respond(to: IncomingRequest(method: .get, path: path, fields: fields))
    }
}

extension OutgoingResponse {
    var bytes: [UInt8] { if case .bytes(let bytes) = body { bytes } else { [] } }
    var text: String { String(decoding: bytes, as: UTF8.self) }

    func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(bytes))
    }
}

/// What tests read of a problem document.
struct ReadProblem: Decodable {
    struct FieldError: Decodable {
        let field: String
        let message: String
    }

    let status: Int
    let code: String
    let title: String
    let detail: String
    let instance: String
    let request_id: String
    let errors: [FieldError]?
}

/// A queue that takes everything and gives nothing: submitting must not depend on it.
final class SilentQueue: JobQueue {
    func send(_ jobs: [JobID]) async throws(JobQueueError) -> Set<JobID> { Set(jobs) }
    func receive(limit: Int, wait: Duration, visibility: Duration) async throws(JobQueueError) -> [Delivery] { [] }
    func acknowledge(_ receipts: [ReceiptHandle]) async throws(JobQueueError) -> Set<ReceiptHandle> { [] }
    func changeVisibility(_ changes: [VisibilityChange]) async throws(JobQueueError) -> Set<ReceiptHandle> { [] }
    func check() async throws(JobQueueError) {}
}

/// A store that fails where it is told to.
struct FaultyStore: JobIntake, JobReader {
    struct Faults: Sendable {
        var insert: JobStoreError?
        var find: JobStoreError?
    }

    let store: SQLiteJobStore
    let faults: Faults

    func insert(_ jobs: [NewJob]) async throws(JobStoreError) -> [Job] {
        if let fault = faults.insert { throw fault }
        return try await store.insert(jobs)
    }

    func find(_ id: JobID) async throws(JobStoreError) -> Job? {
        if let fault = faults.find { throw fault }
        return try await store.find(id)
    }

    func check() async throws(JobStoreError) { try await store.check() }
}
