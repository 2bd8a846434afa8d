import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct CommandLineTests {
    private func run(
        _ arguments: [String],
        _ environment: [String: String] = [:]
    ) async throws -> (Int32, String) {
        let folder = try ScratchFolder()
        let program = try RunningProgram(arguments, environment: environment, folder: folder.path)
        return (await program.status(), program.output)
    }

    @Test func `help names every command`() async throws {
        let (status, output) = try await run(["--help"])
        #expect(status == 0)
        for command in ["serve", "work", "local", "migrate", "doctor"] {
            #expect(output.contains("  \(command) "))
        }
    }

    @Test func `the version is said`() async throws {
        let (status, output) = try await run(["--version"])
        #expect(status == 0)
        #expect(output.hasPrefix("image-api "))
    }

    @Test(arguments: [["destroy"], ["local", "now"], ["--port", "3"]])
    func `a wrong command line ends with 64 and the usage`(_ arguments: [String]) async throws {
        let (status, output) = try await run(arguments)
        #expect(status == 64)
        #expect(output.contains("Usage: image-api"))
    }

    @Test func `wrong settings are all named, end with 78, and show no secret`() async throws {
        let (status, output) = try await run(
            ["serve"],
            ["PORT": "x", "DATABASE_URL": "mysql://u:hunter2@h/d", "API_KEYS": "k"]
        )
        #expect(status == 78)
        for name in ["PORT", "DATABASE_URL", "API_KEYS", "AWS_REGION", "SQS_QUEUE_URL"] {
            #expect(output.contains(name))
        }
        #expect(!output.contains("hunter2"))
    }

    @Test func `a broken .env file is named by its line`() async throws {
        let folder = try ScratchFolder()
        try "PORT=3000\nnonsense\n".write(toFile: folder.file(".env"), atomically: true, encoding: .utf8)
        let program = try RunningProgram(["local"], environment: [:], folder: folder.path)
        #expect(await program.status() == 78)
        #expect(program.output.contains("line 2"))
    }

    @Test func `the doctor finds a local setup healthy`() async throws {
        let (status, output) = try await run(["doctor"])
        #expect(status == 0, "\(output)")
        for line in ["ok    settings", "ok    folder .image-api", "ok    provider mock"] {
            #expect(output.contains(line))
        }
    }

    @Test func `the doctor names what an AWS setup lacks`() async throws {
        let (status, output) = try await run(
            ["doctor"],
            ["DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/d"]
        )
        #expect(status == 78)
        for name in ["AWS_REGION", "SQS_QUEUE_URL", "API_KEYS", "IMAGE_S3_BUCKET", "CLOUDFRONT_URL"] {
            #expect(output.split(separator: "\n").count { $0.contains(" \(name) ") } == 1, "\(output)")
        }
        let (unreachable, report) = try await run(
            ["doctor"],
            [
                "DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/d", "API_KEYS": "some-key-1",
                "AWS_REGION": "eu-central-1", "SQS_QUEUE_URL": "http://127.0.0.1:1/1/q",
                "IMAGE_S3_BUCKET": "bucket",
                "CLOUDFRONT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
                "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "hunter3",
            ]
        )
        #expect(unreachable == 69, "\(report)")
        for line in ["FAIL  database", "ok    credentials", "FAIL  queue", "FAIL  bucket"] {
            #expect(report.contains(line))
        }
        #expect(!report.contains("hunter"))
    }
}
