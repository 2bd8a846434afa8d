import API
import HTTPMessages
import ImageJobs
import LocalStores
import Telemetry
import TestSupport
import Testing

struct GenerateTests {
    private struct Accepted: Decodable {
        let jobId: String
        let statusUrl: String
        let id: String
        let status: String
        let metadata: [String: String]
        let attempt: Int
    }

    @Test func `a prompt is accepted, recorded and named`() async throws {
        try await APIFixture.with { fixture, api in
            let response = await api.generate(#"{"prompt":"A red cat","metadata":{"a":"b"},"n":2,"seed":7}"#)
            #expect(response.status == 202)
            #expect(response.fields["content-type"] == "application/json")
            let accepted = try response.decoded(Accepted.self)
            #expect(accepted.statusUrl == "/v1/result/\(accepted.jobId)")
            #expect(response.fields["location"] == accepted.statusUrl)
            #expect(accepted.id == accepted.jobId)
            #expect(accepted.status == "PENDING")
            #expect(accepted.attempt == 0)
            #expect(accepted.metadata == ["a": "b"])
            let id = try #require(JobID(accepted.jobId))
            let job = try #require(try await fixture.store.find(id))
            #expect(job.owner.rawValue == "owner")
            #expect(job.request.prompt.text == "A red cat")
            #expect(job.request.count == 2)
            #expect(job.request.seed == 7)
            #expect(job.request.size == PixelSize(width: 1024, height: 1024))
        }
    }

    @Test func `the older README's body is accepted as it stands`() async throws {
        try await APIFixture.with { _, api in
            let response = await api.generate(
                #"{"prompt": "A futuristic city floating in the sky", "reference_image_urls": []}"#
            )
            #expect(response.status == 202)
        }
    }

    @Test func `X-API-Key is a key too`() async throws {
        try await APIFixture.with { _, api in
            let request = IncomingRequest(
                method: .post,
                path: "/v1/generate",
                fields: HTTPFields([
                    "content-type": "application/json; charset=UTF-8", "x-api-key": APIFixture.key,
                ]),
                body: .bytes(Array(#"{"prompt":"x"}"#.utf8))
            )
            #expect(await api.respond(to: request).status == 202)
        }
    }

    /// A body and what must be said about it.
    struct Bad: Sendable, CustomTestStringConvertible {
        let body: [UInt8]
        let status: Int
        let code: String
        let field: String?

        init(_ body: String, _ status: Int, _ code: String, field: String? = nil) {
            self.init(bytes: Array(body.utf8), status, code, field: field)
        }

        init(bytes: [UInt8], _ status: Int, _ code: String, field: String? = nil) {
            body = bytes
            self.status = status
            self.code = code
            self.field = field
        }

        var testDescription: String { String(decoding: body.prefix(60), as: UTF8.self) }
    }

    private static let badBodies: [Bad] = [
        Bad("", 400, "malformed_json"), Bad("x", 400, "malformed_json"), Bad("{", 400, "malformed_json"),
        Bad(#"{"prompt":"a"} x"#, 400, "malformed_json"), Bad(#"{"prompt":"a",}"#, 400, "malformed_json"),
        Bad(#"{"prompt":"a","prompt":"b"}"#, 400, "malformed_json"),
        Bad("{'prompt':'a'}", 400, "malformed_json"),
        Bad(#"{"prompt":"a","metadata":{"k":"1","k":"2"}}"#, 400, "malformed_json"),
        Bad(
            #"{"prompt":"a","e\#(String(repeating: "\u{301}\u{316}", count: 200_000))":1}"#,
            400,
            "invalid_request"
        ),
        Bad(#"{"prompt":"a","\u0070rompt":"b"}"#, 400, "malformed_json"),
        Bad(#"{"prompt":"a","metadata":{"é":"1","e\u0301":"2"}}"#, 400, "malformed_json"),
        Bad(
            #"{"prompt":"a","metadata":{"\#(String(repeating: "k", count: 500))":1}}"#,
            400,
            "invalid_request",
            field: "metadata." + String(repeating: "k", count: 64)
        ),
        Bad(#"{"prompt":"a","reference_image_urls":["https://e.com/x",]}"#, 400, "malformed_json"),
        Bad("\u{FEFF}{\"prompt\":\"a\"}", 400, "malformed_json"),
        Bad(
            bytes: #"{"prompt":"a"}"#.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
            400,
            "malformed_json"
        ),
        Bad(bytes: Array(#"{"prompt":""#.utf8) + [0xFF] + Array(#""}"#.utf8), 400, "malformed_json"),
        Bad(
            bytes: Array(#"{"prompt":""#.utf8) + [0xED, 0xA0, 0x80] + Array(#""}"#.utf8),
            400,
            "malformed_json"
        ),
        Bad(#"{"prompt":"\ud800"}"#, 400, "malformed_json"),
        Bad(#"{"prompt":"a\udc00b"}"#, 400, "malformed_json"),
        Bad(String(repeating: "[", count: 100_000), 400, "malformed_json"),
        Bad("[]", 400, "invalid_request"), Bad("\"prompt\"", 400, "invalid_request"),
        Bad("7", 400, "invalid_request"),
        Bad("null", 400, "invalid_request"), Bad("{}", 400, "invalid_request", field: "prompt"),
        Bad(#"{"prompt":null}"#, 400, "invalid_request", field: "prompt"),
        Bad(#"{"prompt":7}"#, 400, "invalid_request", field: "prompt"),
        Bad(#"{"prompt":""}"#, 400, "invalid_request", field: "prompt"),
        Bad(#"{"prompt":"  \n"}"#, 400, "invalid_request", field: "prompt"),
        Bad(#"{"prompt":"a\u0000b"}"#, 400, "invalid_request", field: "prompt"),
        Bad(
            #"{"prompt":"\#(String(repeating: "a", count: 32_001))"}"#,
            400,
            "invalid_request",
            field: "prompt"
        ),
        Bad(#"{"prompt":"a","status":"COMPLETED"}"#, 400, "invalid_request", field: "status"),
        Bad(#"{"prompt":"a","__proto__":{}}"#, 400, "invalid_request", field: "__proto__"),
        Bad(#"{"prompt":"a","Prompt":"b"}"#, 400, "invalid_request", field: "Prompt"),
        Bad(#"{"prompt":"a","aspect_ratio":"7:5"}"#, 400, "invalid_request", field: "aspect_ratio"),
        Bad(#"{"prompt":"a","aspect_ratio":1}"#, 400, "invalid_request", field: "aspect_ratio"),
        Bad(#"{"prompt":"a","size":"1024"}"#, 400, "invalid_request", field: "size"),
        Bad(#"{"prompt":"a","size":"-1x5"}"#, 400, "invalid_request", field: "size"),
        Bad(
            #"{"prompt":"a","size":"1024x1024","aspect_ratio":"1:1"}"#,
            400,
            "invalid_request",
            field: "size"
        ),
        Bad(#"{"prompt":"a","n":0}"#, 400, "invalid_request", field: "n"),
        Bad(#"{"prompt":"a","n":11}"#, 400, "invalid_request", field: "n"),
        Bad(#"{"prompt":"a","n":1.5}"#, 400, "invalid_request", field: "n"),
        Bad(#"{"prompt":"a","n":"1"}"#, 400, "invalid_request", field: "n"),
        Bad(#"{"prompt":"a","model":"dall-e-3"}"#, 400, "invalid_request", field: "model"),
        Bad(#"{"prompt":"a","metadata":{"k":1}}"#, 400, "invalid_request", field: "metadata.k"),
        Bad(#"{"prompt":"a","metadata":{"a\nb":1}}"#, 400, "invalid_request", field: "metadata.a?b"),
        Bad(#"{"prompt":"a","metadata":{"":"v"}}"#, 400, "invalid_request", field: "metadata"),
        Bad(#"{"prompt":"a","metadata":{"k":"\u0000"}}"#, 400, "invalid_request", field: "metadata"),
        Bad(
            #"{"prompt":"a","reference_image_urls":"x"}"#,
            400,
            "invalid_request",
            field: "reference_image_urls"
        ),
        Bad(
            #"{"prompt":"a","reference_image_urls":["http://169.254.169.254/"]}"#,
            400,
            "invalid_request",
            field: "reference_image_urls[0]"
        ),
        Bad(
            #"{"prompt":"a","reference_image_urls":["https://e.com/a.png"]}"#,
            422,
            "unsupported_by_model",
            field: "reference_image_urls"
        ),
        Bad(#"{"prompt":"a","n":5}"#, 422, "unsupported_by_model", field: "n"),
        Bad(#"{"prompt":"a","size":"4096x64"}"#, 422, "unsupported_by_model", field: "size"),
        Bad(
            #"{"prompt":"a","webhook_url":"https://e.com"}"#,
            422,
            "unsupported_by_model",
            field: "webhook_url"
        ),
        Bad(#"{"prompt":"a","guidance_scale":7}"#, 422, "unsupported_by_model", field: "guidance_scale"),
    ]

    @Test(arguments: badBodies)
    func `a bad body is refused with its reason and costs nothing`(_ bad: Bad) async throws {
        try await APIFixture.with { fixture, api in
            let response = await api.generate(bytes: bad.body)
            #expect(response.status == bad.status)
            #expect(response.fields["content-type"] == "application/problem+json")
            let problem = try response.decoded(ReadProblem.self)
            #expect(problem.status == bad.status)
            #expect(problem.code == bad.code)
            #expect(problem.instance == "/v1/generate")
            #expect(problem.requestID == "fresh-id")
            if let field = bad.field { #expect(problem.errors?.map(\.field) == [field]) }
            #expect(try await fixture.store.unpublished(olderThan: .zero, limit: 10).isEmpty)
        }
    }

    @Test func `a body over the limit is refused, declared or not`() async throws {
        try await APIFixture.with { _, api in
            let large = Array(repeating: UInt8(ascii: " "), count: 1024 * 1024 + 1)
            let response = await api.generate(bytes: large)
            #expect(response.status == 413)
            let problem = try response.decoded(ReadProblem.self)
            #expect(problem.code == "body_too_large")
            let chunked = IncomingRequest(
                method: .post,
                path: "/v1/generate",
                fields: HTTPFields(["content-type": "application/json", "x-api-key": APIFixture.key]),
                body: IncomingBody(declaredLength: nil) { () throws(IncomingBody.Failure) in
                    Array(repeating: UInt8(ascii: " "), count: 65_536)
                }
            )
            #expect(await api.respond(to: chunked).status == 413)
        }
    }

    @Test(arguments: [
        "text/plain", "application/jsonp", "application/json; charset=latin1", "multipart/form-data",
    ])
    func `another content type is refused`(_ type: String) async throws {
        try await APIFixture.with { _, api in
            let response = await api.generate(#"{"prompt":"a"}"#, fields: ["content-type": type])
            #expect(response.status == 415)
        }
    }

    @Test func `a content encoding is refused`() async throws {
        try await APIFixture.with { _, api in
            let response = await api.generate(#"{"prompt":"a"}"#, fields: ["content-encoding": "gzip"])
            #expect(response.status == 415)
        }
    }

    @Test func `an idempotency key that cannot be honoured is refused`() async throws {
        try await APIFixture.with { _, api in
            let response = await api.generate(#"{"prompt":"a"}"#, fields: ["idempotency-key": "k"])
            #expect(response.status == 400)
            let problem = try response.decoded(ReadProblem.self)
            #expect(problem.code == "idempotency_not_supported")
        }
    }

    @Test(arguments: [
        (JobStoreError.unavailable(reason: "down"), 503), (.outcomeUnknown(reason: "lost"), 503),
        (.cancelled, 503), (.rejected(reason: "bug"), 500),
    ])
    func `a database that fails gives no 202`(_ fault: JobStoreError, _ status: Int) async throws {
        try await APIFixture.with(faults: .init(insert: fault)) { fixture, api in
            let response = await api.generate(#"{"prompt":"a secret prompt"}"#)
            #expect(response.status == status)
            #expect((response.fields["retry-after"] != nil) == (status == 503))
            #expect(fixture.sink.records.contains { $0.level == .error && $0["cause"] != nil })
            #expect(!fixture.sink.text.contains("secret"))
            #expect(!response.text.contains("bug"))
        }
    }

    @Test func `many submissions at once are all recorded`() async throws {
        try await APIFixture.with { fixture, api in
            let ids = await withTaskGroup(of: String?.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        try? await api.generate(#"{"prompt":"\#(number)"}"#).decoded(Accepted.self).jobId
                    }
                }
                return await group.reduce(into: Set<String>()) { ids, id in if let id { ids.insert(id) } }
            }
            #expect(ids.count == 200)
            let recorded = try await fixture.store.unpublished(olderThan: .zero, limit: 1000)
            #expect(Set(recorded.map(\.description)) == ids)
        }
    }
}
