import AWSClient
import Foundation
import HTTPMessages
import ImageJobs
import Postgres
import TestSupport
import Testing

/// `image-api serve` and `image-api work` as processes of their own, on Postgres and an emulator that checks signatures.
@Suite(.timeLimit(.minutes(5)))
struct AWSTests {
    /// A database, a queue and a bucket of one test.
    private struct Site {
        let folder: ScratchFolder
        let server: MiniStackServer
        let queue: SQSQueueURL
        let bucket: S3Bucket
        let database: String
        let environment: [String: String]

        init() async throws {
            folder = try ScratchFolder()
            server = try await MiniStackServer.shared()
            queue = try await server.makeQueue()
            bucket = try await server.makeBucket()
            database = try await PostgresServer.shared.makeDatabaseURL()
            environment = [
                "AWS_REGION": MiniStackServer.region, "AWS_ENDPOINT_URL": server.endpoint,
                "AWS_CA_BUNDLE": server.caFile, "AWS_ACCESS_KEY_ID": server.user.accessKeyID,
                "AWS_SECRET_ACCESS_KEY": server.user.secretAccessKey.revealed,
                "SQS_QUEUE_URL": queue.rawValue,
                "IMAGE_S3_BUCKET": bucket.name, "CLOUDFRONT_URL": "https://cdn.example",
                "DATABASE_URL": database,
                "API_KEYS": "tester:a-tester-key-1", "PORT": "0", "HOST": "127.0.0.1", "DRAIN_DELAY": "100ms",
                "JOB_LEASE": "10s",
            ]
        }

        func run(_ command: String, _ more: [String: String] = [:]) throws -> RunningProgram {
            try RunningProgram([command], environment: environment.merging(more) { $1 }, folder: folder.path)
        }

        func started(_ command: String, _ more: [String: String] = [:]) async throws -> RunningProgram {
            let program = try run(command, more)
            try await program.waitForOutput("\"started\"")
            return program
        }

        func migrate() async throws {
            let program = try run("migrate")
            try #require(await program.status() == 0, "\(program.output)")
        }

        /// A client of a program that took a free port.
        func client(of program: RunningProgram) throws -> Client {
            struct Started: Decodable { let port: Int? }
            for line in program.output.split(separator: "\n") where line.contains("\"started\"") {
                if let port = try JSONDecoder().decode(Started.self, from: Data(line.utf8)).port {
                    return try Client(base: "http://127.0.0.1:\(port)", key: "a-tester-key-1")
                }
            }
            throw RunningProgram.Failure(description: "no port in \(program.output)")
        }

        /// Whether the queue has no message, visible or in flight.
        func queueIsEmpty() async throws -> Bool {
            let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            let attributes = try await server.sqs().attributes(names, of: queue)
            return names.allSatisfy { attributes[$0] == "0" }
        }
    }

    private func stop(_ program: RunningProgram) async {
        program.send(signal: SIGTERM)
        #expect(await program.status() == 0, "\(program.output.suffix(2000))")
    }

    @Test func `two hundred prompts become two hundred private pictures`() async throws {
        let site = try await Site()
        try await site.migrate()
        let serve = try await site.started("serve")
        let work = try await site.started("work", ["WORKER_CONCURRENCY": "8"])
        let client = try site.client(of: serve)
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<200 { group.addTask { try await client.submit("prompt number \(number)") } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 200)
        var keys: Set<String> = []
        for id in ids {
            let job = try await client.ended(id)
            #expect(job.status == "COMPLETED")
            let url = try #require(job.resultURL)
            #expect(url.hasPrefix("https://cdn.example/images/\(id)/"))
            keys.insert(String(url.dropFirst("https://cdn.example/".count)))
        }
        #expect(Set(try await site.bucket.keys(withPrefix: "images/", limit: 1000)) == keys)
        let key = try #require(keys.first)
        let picture = try await site.bucket.get(key, limit: 10_000_000)
        #expect(picture.bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        // Without a signature the object is not to be had.
        let url = site.server.endpoints.url(ofObject: key, in: site.bucket.name)
        let anonymous = try await site.server.transport.send(
            HTTPRequest(method: .get, url: url),
            limits: HTTPTransferLimits()
        )
        #expect(anonymous.status == 403)
        while try await !site.queueIsEmpty() { try await Task.sleep(for: .milliseconds(100)) }
        await stop(work)
        await stop(serve)
        for secret in ["a-tester-key-1", site.server.user.secretAccessKey.revealed, "prompt number"] {
            #expect(!serve.output.contains(secret) && !work.output.contains(secret))
        }
    }

    @Test func `stopping both while jobs run loses none of them`() async throws {
        let site = try await Site()
        try await site.migrate()
        let serve = try await site.started("serve")
        let work = try await site.started("work", ["MOCK_DELAY": "60s", "STOP_TIMEOUT": "10s"])
        let client = try site.client(of: serve)
        var ids: [String] = []
        for number in 0..<12 { ids.append(try await client.submit("job \(number)")) }
        while try await client.job(ids[0]).status == "PENDING" {
            try await Task.sleep(for: .milliseconds(50))
        }
        async let workStopped: Void = stop(work)
        async let serveStopped: Void = stop(serve)
        _ = await (workStopped, serveStopped)
        let serveAgain = try await site.started("serve")
        let workAgain = try await site.started("work")
        let clientAgain = try site.client(of: serveAgain)
        for id in ids { #expect(try await clientAgain.ended(id).status == "COMPLETED") }
        await stop(workAgain)
        await stop(serveAgain)
    }

    @Test func `a database that is not migrated is named, and migrating twice is fine`() async throws {
        let site = try await Site()
        let doctor = try site.run("doctor")
        #expect(await doctor.status() == 69)
        #expect(doctor.output.contains("FAIL  database"))
        #expect(doctor.output.contains("image-api migrate"))
        try await site.migrate()
        try await site.migrate()
        let healthy = try site.run("doctor")
        #expect(await healthy.status() == 0, "\(healthy.output)")
        for name in ["database", "credentials", "queue", "bucket"] {
            #expect(healthy.output.contains("ok    \(name)"))
        }
    }

    @Test func `while the queue is away jobs are accepted, and made when it is back`() async throws {
        let site = try await Site()
        try await site.migrate()
        let away = ["AWS_ENDPOINT_URL": "http://127.0.0.1:1", "SQS_QUEUE_URL": "http://127.0.0.1:1/1/q"]
        let serve = try await site.started("serve", away)
        let client = try site.client(of: serve)
        let id = try await client.submit("later")
        #expect(try await client.send(.get, "/readyz").status == 200)
        await stop(serve)
        // The worker's own relay finds the row.
        let work = try await site.started("work")
        let serveAgain = try await site.started("serve")
        #expect(try await site.client(of: serveAgain).ended(id).status == "COMPLETED")
        await stop(work)
        await stop(serveAgain)
    }

    @Test func `while the database is away requests are answered 503`() async throws {
        let site = try await Site()
        let serve = try await site.started("serve", ["DATABASE_URL": "postgresql://u:p@127.0.0.1:1/none"])
        let client = try site.client(of: serve)
        let fields = HTTPFields([
            "authorization": "Bearer a-tester-key-1", "content-type": "application/json",
        ])
        let response = try await client.send(
            .post,
            "/v1/generate",
            fields: fields,
            body: Array(#"{"prompt":"x"}"#.utf8)
        )
        #expect(response.status == 503)
        #expect(response.fields["retry-after"] != nil)
        #expect(try await client.send(.get, "/readyz").status == 503)
        #expect(try await client.send(.get, "/livez").status == 200)
        await stop(serve)
    }
}

extension PostgresServer {
    /// A new, empty database, as `DATABASE_URL` names it.
    fileprivate func makeDatabaseURL() async throws -> String {
        var parts: [String: String] = [:]
        for pair in try await makeDatabase().split(separator: " ") {
            let sides = pair.split(separator: "=", maxSplits: 1)
            parts[String(sides[0])] = String(sides[1])
        }
        let host = try #require(parts["host"]).replacingOccurrences(of: "/", with: "%2F")
        return "postgresql://\(parts["user"] ?? "")@\(host)/\(parts["dbname"] ?? "")"
    }
}
