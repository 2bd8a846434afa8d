import API
import HTTPMessages
import ImageJobs
import Synchronization
import Telemetry
import TestSupport
import Testing

struct ResponderTests {
    @Test func `a wrong method names the right ones`() async throws {
        try await APIFixture.with { _, api in
            for (path, method, allow) in [
                ("/v1/generate", HTTPMethod.get, "POST, OPTIONS"), ("/v1/generate", .delete, "POST, OPTIONS"),
                ("/v1/result/x", .post, "GET, HEAD, OPTIONS"), ("/livez", .put, "GET, HEAD, OPTIONS"),
                ("/v1/result/x", HTTPMethod(rawValue: "TRACE"), "GET, HEAD, OPTIONS"),
            ] {
                let response = await api.respond(to: IncomingRequest(method: method, path: path))
                #expect(response.status == 405)
                #expect(response.fields["allow"] == allow)
                let problem = try response.decoded(ReadProblem.self)
                #expect(problem.code == "method_not_allowed")
            }
        }
    }

    @Test(arguments: [
        "/", "/v1", "/v1/generate/", "/V1/generate", "/.env", "/debug/pprof", "/images/../x", "/v1//generate",
    ])
    func `anything else is not found`(_ path: String) async throws {
        try await APIFixture.with { _, api in
            #expect(await api.get(path).status == 404)
        }
    }

    @Test func `OPTIONS says what may be done`() async throws {
        try await APIFixture.with { _, api in
            let response = await api.respond(to: IncomingRequest(method: .options, path: "/v1/generate"))
            #expect(response.status == 204)
            #expect(response.fields["allow"] == "POST, OPTIONS")
        }
    }

    @Test func `HEAD is answered like GET`() async throws {
        try await APIFixture.with { _, api in
            #expect(await api.respond(to: IncomingRequest(method: .head, path: "/livez")).status == 200)
        }
    }

    @Test(arguments: [
        ("client-id_1.2", "client-id_1.2"),
        (String(repeating: "a", count: 128), String(repeating: "a", count: 128)),
        (String(repeating: "a", count: 129), "fresh-id"), ("a b", "fresh-id"), ("a\u{1B}[31m", "fresh-id"),
        ("", "fresh-id"), ("\u{202E}", "fresh-id"),
    ])
    func `a safe request id is echoed, any other replaced`(_ sent: String, _ expected: String) async throws {
        try await APIFixture.with { fixture, api in
            let response = await api.get("/livez", fields: HTTPFields(["x-request-id": sent]))
            #expect(response.fields["x-request-id"] == expected)
            #expect(fixture.sink.records.last?["request_id"] == .text(expected))
        }
    }

    @Test func `each request leaves one line without its query, headers or body`() async throws {
        try await APIFixture.with { fixture, api in
            let request = IncomingRequest(
                method: .get,
                path: "/v1/result/private-id",
                query: "token=private-query",
                fields: HTTPFields(["cookie": "private-cookie"])
            )
            _ = await api.respond(to: request)
            #expect(fixture.sink.records.count == 1)
            let record = try #require(fixture.sink.records.first)
            #expect(record["route"] == .text("/v1/result/{jobId}"))
            #expect(record["status"] == .integer(404))
            #expect(record["duration_ms"] != nil)
            #expect(!fixture.sink.text.contains("private"))
        }
    }

    @Test func `a client that leaves is no error of ours`() async throws {
        try await APIFixture.with(faults: .init(find: .cancelled)) { fixture, api in
            let path = "/v1/result/0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"
            _ = await api.get(path)
            let leaver = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                return await api.get(path)
            }
            _ = await leaver.value
            #expect(fixture.sink.records.map(\.level) == [.error, .info])
        }
    }

    @Test func `readiness follows its checks and names them`() async throws {
        let failing = Readiness.Check("database") { false }
        try await APIFixture.with(checks: [failing, Readiness.Check("queue") { true }]) { _, api in
            let response = await api.get("/readyz")
            #expect(response.status == 503)
            #expect(response.text.contains(#""database":"fail""#))
            #expect(response.text.contains(#""queue":"pass""#))
            #expect(await api.get("/livez").status == 200)
            #expect(await api.get("/health/").text.contains(#""status":"healthy""#))
        }
        try await APIFixture.with(checks: [Readiness.Check("database") { true }]) { _, api in
            #expect(await api.get("/readyz").status == 200)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a check that hangs is a check that fails`() async throws {
        let readiness = Readiness(
            checks: [
                Readiness.Check("database") {
                    (try? await Task.sleep(for: .seconds(3_600))) != nil
                }
            ],
            timeout: .milliseconds(10)
        )
        #expect(await !readiness.isReady)
    }

    @Test(.timeLimit(.minutes(1)))
    func `who goes away during a check fails it for nobody else`() async throws {
        let calls = Mutex(0)
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let readiness = Readiness(
            checks: [
                Readiness.Check("database") {
                    let isFirst = calls.withLock { calls in
                        calls += 1
                        return calls == 1
                    }
                    start.yield()
                    guard isFirst else { return true }
                    return (try? await Task.sleep(for: .seconds(3_600))) != nil
                }
            ],
            freshness: .seconds(3_600),
            timeout: .seconds(3_600)
        )
        let leaver = Task { await readiness.isReady }
        for await _ in starts { break }
        leaver.cancel()
        #expect(await !leaver.value)
        #expect(await readiness.isReady)
    }

    @Test func `draining ends readiness`() async throws {
        let readiness = Readiness(checks: [])
        #expect(await readiness.isReady)
        await readiness.drain()
        #expect(await !readiness.isReady)
    }

    @Test func `browsers of allowed origins may call, others may not`() async throws {
        try await APIFixture.with(origins: ["https://app.example"]) { _, api in
            let preflight = IncomingRequest(
                method: .options,
                path: "/v1/generate",
                fields: HTTPFields(["origin": "https://app.example", "access-control-request-method": "POST"])
            )
            let allowed = await api.respond(to: preflight)
            #expect(allowed.fields["access-control-allow-origin"] == "https://app.example")
            #expect(allowed.fields["access-control-allow-methods"] == "POST, OPTIONS")
            let refused = await api.get("/livez", fields: HTTPFields(["origin": "https://evil.example"]))
            #expect(refused.fields["access-control-allow-origin"] == nil)
        }
        try await APIFixture.with { _, api in
            let none = await api.get("/livez", fields: HTTPFields(["origin": "https://app.example"]))
            #expect(none.fields["access-control-allow-origin"] == nil)
        }
    }
}
