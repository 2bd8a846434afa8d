import API
import HTTPMessages
import TestSupport
import Testing

struct AuthenticationTests {
    @Test(arguments: [
        "Bearer", "Bearer ", "Bearer  \(APIFixture.key)", "Bearer \(APIFixture.key) x", "Bearer\t\(APIFixture.key)",
        "Bearer \(APIFixture.key)x", "Bearer \(APIFixture.key.dropLast())", "Bearer \(APIFixture.key.uppercased())",
        "Basic \(APIFixture.key)", "\(APIFixture.key)", "Bearer \(APIFixture.key),\(APIFixture.otherKey)",
        "Token \(APIFixture.key)", "", " ", "Bearer null", "Bearer undefined", "Bearer \u{e9}",
        "Bearer " + String(repeating: "a", count: 10_000),
    ])
    func `what is not exactly a key is refused`(_ value: String) async throws {
        try await APIFixture.with { fixture, api in
            let response = await api.generate(#"{"prompt":"a"}"#, fields: ["authorization": value])
            #expect(response.status == 401)
            #expect(response.fields["www-authenticate"]?.hasPrefix("Bearer realm=") == true)
            let problem = try response.decoded(ReadProblem.self)
            #expect(problem.code == "unauthorized")
            #expect(!fixture.sink.text.contains(APIFixture.key))
        }
    }

    @Test func `no key at all is refused without naming an error`() async throws {
        try await APIFixture.with { _, api in
            let request = IncomingRequest(
                method: .post,
                path: "/v1/generate",
                query: "api_key=\(APIFixture.key)",
                fields: HTTPFields(["content-type": "application/json", "cookie": "key=\(APIFixture.key)"]),
                body: .bytes(Array(#"{"prompt":"a"}"#.utf8))
            )
            let response = await api.respond(to: request)
            #expect(response.status == 401)
            #expect(response.fields["www-authenticate"] == "Bearer realm=\"image-api\"")
        }
    }

    @Test func `the scheme's case does not matter`() async throws {
        try await APIFixture.with { _, api in
            let response = await api.generate(
                #"{"prompt":"a"}"#,
                fields: ["authorization": "bearer \(APIFixture.key)"]
            )
            #expect(response.status == 202)
        }
    }

    @Test func `two keys in one request are refused`() async throws {
        try await APIFixture.with { _, api in
            let response = await api.generate(#"{"prompt":"a"}"#, fields: ["x-api-key": APIFixture.key])
            #expect(response.status == 400)
        }
    }

    @Test func `a refused key is refused before the body is looked at`() async throws {
        try await APIFixture.with { _, api in
            let request = IncomingRequest(
                method: .post,
                path: "/v1/generate",
                body: IncomingBody(declaredLength: 5) { () throws(IncomingBody.Failure) in
                    Issue.record("the body was read")
                    return nil
                }
            )
            #expect(await api.respond(to: request).status == 401)
        }
    }
}
