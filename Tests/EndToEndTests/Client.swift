import Foundation
import HTTPClient
import HTTPMessages
import Testing

/// A client of a running API.
struct Client: Sendable {
    let base: String
    let key: String
    let transport: any HTTPTransport

    /// What tests read of a job.
    struct Job: Decodable, Sendable {
        let id: String
        let status: String
        let resultURL: String?

        private enum CodingKeys: String, CodingKey {
            case id
            case status
            case resultURL = "result_cloudfront_url"
        }
    }

    private struct Accepted: Decodable {
        let jobId: String
        let statusUrl: String
    }

    init(base: String, key: String = "local-dev-key") throws {
        self.base = base
        self.key = key
        transport = try HTTPClient()
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        fields: HTTPFields = HTTPFields(),
        body: [UInt8] = []
    ) async throws -> HTTPResponse {
        let url = path.hasPrefix("http") ? path : base + path
        let request = HTTPRequest(method: method, url: url, fields: fields, body: body)
        return try await transport.send(request, limits: HTTPTransferLimits())
    }

    /// Posts a prompt and returns the job's id.
    func submit(_ prompt: String) async throws -> String {
        let fields = HTTPFields(["Authorization": "Bearer \(key)", "Content-Type": "application/json"])
        let body = try JSONEncoder().encode(["prompt": prompt])
        let response = try await send(.post, "/v1/generate", fields: fields, body: [UInt8](body))
        try #require(
            response.status == 202,
            "\(response.status) \(String(decoding: response.body, as: UTF8.self))"
        )
        let accepted = try JSONDecoder().decode(Accepted.self, from: Data(response.body))
        #expect(accepted.statusUrl == "/v1/result/\(accepted.jobId)")
        return accepted.jobId
    }

    /// The job as it stands.
    func job(_ id: String) async throws -> Job {
        let response = try await send(.get, "/v1/result/\(id)")
        try #require(response.status == 200)
        return try JSONDecoder().decode(Job.self, from: Data(response.body))
    }

    /// The job when it has ended; polls as clients do, within the test's time limit.
    func ended(_ id: String) async throws -> Job {
        while true {
            let job = try await job(id)
            if !["PENDING", "PROCESSING"].contains(job.status) { return job }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
