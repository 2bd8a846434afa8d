import API
import HTTPMessages
import ImageJobs
import LocalStores
import Testing

struct ResultTests {
    private struct Read: Decodable {
        struct Image: Decodable {
            let url: String
            let sha256: String?
            let width: Int?
        }

        struct Failure: Decodable {
            let code: String
            let message: String?
        }

        let id: String
        let status: String
        let result_cloudfront_url: String?
        let images: [Image]
        let error: Failure?
        let metadata: [String: String]?
        let attempt: Int?
        let created_at: String
        let completed_at: String?
    }

    private let asOwner = HTTPFields(["authorization": "Bearer \(APIFixture.key)"])
    private let asStranger = HTTPFields(["authorization": "Bearer \(APIFixture.otherKey)"])

    private func job(in fixture: APIFixture, outcome: AttemptOutcome?) async throws -> JobID {
        let id = JobID(millisecondsSinceEpoch: 1, random: (.random(in: .min ... .max), .random(in: .min ... .max)))
        let request = ImageRequest(
            prompt: try Prompt("a hidden prompt"),
            model: "mock",
            size: PixelSize(width: 64, height: 64),
            metadata: ["hidden": "value"]
        )
        let owner = OwnerID(rawValue: "owner")
        _ = try await fixture.store.insert([NewJob(id: id, owner: owner, request: request)])
        guard let outcome else { return id }
        _ = try await fixture.store.claim([id], for: WorkerID(rawValue: "w"), lease: .seconds(60))
        let claim = Claim(job: id, fence: Fence(rawValue: 1))
        #expect(try await fixture.store.settle([Settlement(claim: claim, outcome: outcome)]) == [claim])
        return id
    }

    private func completed(_ id: JobID) -> AttemptOutcome {
        let key = ImageKey(claim: Claim(job: id, fence: Fence(rawValue: 1)), index: 0, suffix: .png)
        return .completed([
            StoredImage(
                key: key,
                url: "https://cdn.example/\(key)",
                contentType: "image/png",
                size: PixelSize(width: 64, height: 64),
                byteCount: 3,
                sha256: String(repeating: "0", count: 64)
            )
        ])
    }

    @Test func `without a key the id shows the result and nothing of its owner`() async throws {
        try await APIFixture.with { fixture, api in
            let id = try await job(in: fixture, outcome: completed(JobID(high: 1, low: 2)))
            for fields in [HTTPFields(), asStranger] {
                let response = await api.get("/v1/result/\(id)", fields: fields)
                #expect(response.status == 200)
                let read = try response.decoded(Read.self)
                #expect(read.id == id.description)
                #expect(read.status == "COMPLETED")
                #expect(read.result_cloudfront_url?.hasPrefix("https://cdn.example/images/") == true)
                #expect(read.images.map(\.url) == [read.result_cloudfront_url])
                #expect(read.metadata == nil && read.attempt == nil && read.images.first?.sha256 == nil)
                #expect(!response.text.contains("hidden"))
                #expect(!response.text.contains("owner"))
                #expect(response.fields["cache-control"] == "no-cache, private")
            }
        }
    }

    @Test func `the owner sees the rest, but never the prompt`() async throws {
        try await APIFixture.with { fixture, api in
            let id = try await job(in: fixture, outcome: completed(JobID(high: 1, low: 2)))
            let response = await api.get("/v1/result/\(id)", fields: asOwner)
            let read = try response.decoded(Read.self)
            #expect(read.metadata == ["hidden": "value"])
            #expect(read.attempt == 1)
            #expect(read.images.first?.width == 64)
            #expect(!response.text.contains("hidden prompt"))
        }
    }

    @Test func `a pending job has null where its result will be`() async throws {
        try await APIFixture.with { fixture, api in
            let id = try await job(in: fixture, outcome: nil)
            let response = await api.get("/v1/result/\(id)")
            #expect(response.text.contains(#""result_cloudfront_url":null"#))
            let read = try response.decoded(Read.self)
            #expect(read.status == "PENDING")
            #expect(read.images.isEmpty)
            #expect(read.completed_at == nil)
            #expect(read.created_at.hasSuffix("Z"))
        }
    }

    @Test func `a failed job says its code to all and the message to its owner`() async throws {
        try await APIFixture.with { fixture, api in
            let failure = JobFailure(code: .contentModerated, message: "Refused.", retryable: false)
            let id = try await job(in: fixture, outcome: .failed(failure))
            let open = try await api.get("/v1/result/\(id)").decoded(Read.self)
            #expect(open.status == "FAILED")
            #expect(open.error?.code == "content_moderated")
            #expect(open.error?.message == nil)
            let own = try await api.get("/v1/result/\(id)", fields: asOwner).decoded(Read.self)
            #expect(own.error?.message == "Refused.")
        }
    }

    @Test(arguments: [
        "0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b", "x", "", "%2e%2e", "0190A1B2-7C3D-7E4F-8A5B-6C7D8E9F0A1B",
        "../health/", "0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b/",
    ])
    func `unknown and malformed ids are not found`(_ id: String) async throws {
        try await APIFixture.with { _, api in
            let response = await api.get("/v1/result/\(id)")
            #expect(response.status == 404)
            let problem = try response.decoded(ReadProblem.self)
            #expect(problem.code == "not_found")
        }
    }

    @Test func `with closed results a stranger's job and an unknown one answer alike`() async throws {
        try await APIFixture.with(resultAccess: .key) { fixture, api in
            let id = try await job(in: fixture, outcome: nil)
            #expect(await api.get("/v1/result/\(id)").status == 401)
            #expect(await api.get("/v1/result/\(id)", fields: asOwner).status == 200)
            let stranger = try await api.get("/v1/result/\(id)", fields: asStranger).decoded(ReadProblem.self)
            let unknown = try await api.get("/v1/result/\(JobID(high: 1, low: 1))", fields: asStranger)
                .decoded(ReadProblem.self)
            #expect(stranger.status == 404)
            #expect(stranger.detail == unknown.detail && stranger.code == unknown.code)
        }
    }

    @Test func `a wrong key is refused even where none is needed`() async throws {
        try await APIFixture.with { fixture, api in
            let id = try await job(in: fixture, outcome: nil)
            let fields = HTTPFields(["authorization": "Bearer wrong-key"])
            #expect(await api.get("/v1/result/\(id)", fields: fields).status == 401)
        }
    }

    @Test func `a database that cannot be read is 503`() async throws {
        try await APIFixture.with(faults: .init(find: .unavailable(reason: "down"))) { _, api in
            let response = await api.get("/v1/result/0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")
            #expect(response.status == 503)
            #expect(response.fields["retry-after"] == "5")
        }
    }
}
