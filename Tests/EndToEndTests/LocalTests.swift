import Foundation
import HTTPMessages
import TestSupport
import Testing

/// `image-api local`, as `make run` starts it.
@Suite(.timeLimit(.minutes(3)))
struct LocalTests {
    private func start(
        _ folder: ScratchFolder,
        _ more: [String: String] = [:]
    ) async throws -> (RunningProgram, Client) {
        let port = try freePort()
        let program = try RunningProgram(
            ["local"],
            environment: ["PORT": String(port), "DATA_DIR": folder.file("data")].merging(more) { $1 },
            folder: folder.path
        )
        try await program.waitForOutput("\"started\"")
        return (program, try Client(base: "http://127.0.0.1:\(port)"))
    }

    private func stop(_ program: RunningProgram) async {
        program.send(signal: SIGTERM)
        #expect(await program.status() == 0)
    }

    @Test func `the README's lines give a picture`() async throws {
        let folder = try ScratchFolder()
        let (program, client) = try await start(folder)
        for line in ["/v1/generate", "Authorization: Bearer local-dev-key", "A red cat playing guitar"] {
            #expect(program.output.contains(line))
        }
        let id = try await client.submit("A red cat playing guitar")
        let job = try await client.ended(id)
        #expect(job.status == "COMPLETED")
        let picture = try await client.send(.get, try #require(job.resultURL))
        #expect(picture.status == 200)
        #expect(picture.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(picture.fields["content-type"] == "image/png")
        #expect(picture.fields["cache-control"]?.contains("immutable") == true)
        let part = try await client.send(
            .get,
            try #require(job.resultURL),
            fields: HTTPFields(["range": "bytes=1-3"])
        )
        #expect(part.status == 206)
        #expect(part.body == Array("PNG".utf8))
        #expect(try await client.send(.get, "/readyz").status == 200)
        await stop(program)
        #expect(!program.output.contains("red cat\""))
    }

    @Test func `jobs accepted before a stop are finished after the next start`() async throws {
        let folder = try ScratchFolder()
        let (first, client) = try await start(
            folder,
            ["MOCK_DELAY": "30s", "STOP_TIMEOUT": "2s", "WORKER_CONCURRENCY": "2"]
        )
        var ids: [String] = []
        for number in 0..<10 { ids.append(try await client.submit("job \(number)")) }
        while try await client.job(ids[0]).status == "PENDING" {
            try await Task.sleep(for: .milliseconds(20))
        }
        await stop(first)
        let (second, again) = try await start(folder)
        for id in ids { #expect(try await again.ended(id).status == "COMPLETED") }
        await stop(second)
    }

    @Test func `a killed process loses nothing it accepted`() async throws {
        let folder = try ScratchFolder()
        let (first, client) = try await start(folder, ["MOCK_DELAY": "30s", "JOB_LEASE": "3s"])
        var ids: [String] = []
        for number in 0..<6 { ids.append(try await client.submit("job \(number)")) }
        first.send(signal: SIGKILL)
        #expect(await first.status() == -SIGKILL)
        let (second, again) = try await start(folder, ["JOB_LEASE": "3s"])
        for id in ids { #expect(try await again.ended(id).status == "COMPLETED") }
        await stop(second)
    }

    @Test func `a second process on the same folder refuses to start`() async throws {
        let folder = try ScratchFolder()
        let (first, _) = try await start(folder)
        let second = try RunningProgram(
            ["local"],
            environment: ["PORT": String(try freePort()), "DATA_DIR": folder.file("data")],
            folder: folder.path
        )
        #expect(await second.status() == 69)
        #expect(second.output.contains(folder.file("data")))
        await stop(first)
    }

    @Test func `a failing mock fails its jobs with a code`() async throws {
        let folder = try ScratchFolder()
        let (program, client) = try await start(
            folder,
            ["MOCK_FAILURE_RATE": "1", "MOCK_FAILURE_KIND": "moderated"]
        )
        let id = try await client.submit("x")
        #expect(try await client.ended(id).status == "FAILED")
        let text = String(decoding: try await client.send(.get, "/v1/result/\(id)").body, as: UTF8.self)
        #expect(text.contains("content_moderated"))
        await stop(program)
    }

    @Test func `bad input over the wire is answered, never dropped`() async throws {
        let folder = try ScratchFolder()
        let (program, client) = try await start(folder)
        let key = "Bearer local-dev-key"
        let json = HTTPFields(["authorization": key, "content-type": "application/json"])
        let cases: [(HTTPMethod, String, HTTPFields, [UInt8], Int)] = [
            (.post, "/v1/generate", json, Array("not json".utf8), 400),
            (.post, "/v1/generate", json, Array(#"{"prompt":""}"#.utf8), 400),
            (.post, "/v1/generate", json, Array(#"{"prompt":"a","x":1}"#.utf8), 400),
            (.post, "/v1/generate", json, Array(#"{"prompt":"\ud800"}"#.utf8), 400),
            (.post, "/v1/generate", json, Array(#"{"prompt":"a","aspect_ratio":"0:0"}"#.utf8), 400),
            (.post, "/v1/generate", json, [UInt8](repeating: 0x20, count: 10 * 1024 * 1024), 413),
            (.post, "/v1/generate", HTTPFields(["content-type": "application/json"]), Array("{}".utf8), 401),
            (
                .post, "/v1/generate", HTTPFields(["authorization": "Bearer wrong"]),
                [UInt8](repeating: 0x20, count: 10 * 1024 * 1024), 401
            ),
            (.get, "/v1/result/0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b", HTTPFields(), [], 404),
            (.get, "/v1/result/nonsense", HTTPFields(), [], 404), (.put, "/v1/generate", json, [], 405),
            (.get, "/v1/generate?x=1", HTTPFields(), [], 405), (.delete, "/v1/result/x", json, [], 405),
            (.get, "/images/../../etc/passwd", HTTPFields(), [], 404),
            (.get, "/images/%2e%2e/%2e%2e/etc/passwd", HTTPFields(), [], 404),
        ]
        for (method, path, fields, body, status) in cases {
            let response = try await client.send(method, path, fields: fields, body: body)
            #expect(response.status == status, "\(method) \(path)")
            #expect(response.fields["content-type"] == "application/problem+json")
            #expect(String(decoding: response.body, as: UTF8.self).contains("\"code\""))
        }
        #expect(try await client.send(.get, "/readyz").status == 200)
        await stop(program)
    }

    @Test func `a second signal ends the process at once`() async throws {
        let folder = try ScratchFolder()
        let (program, client) = try await start(folder, ["MOCK_DELAY": "60s", "STOP_TIMEOUT": "60s"])
        let id = try await client.submit("x")
        while try await client.job(id).status == "PENDING" { try await Task.sleep(for: .milliseconds(20)) }
        program.send(signal: SIGTERM)
        try await program.waitForOutput("worker stopped receiving")
        program.send(signal: SIGTERM)
        #expect(await program.status() == 128 + SIGTERM)
    }
}
