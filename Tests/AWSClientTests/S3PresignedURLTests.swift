import AWSClient
import Foundation
import TestSupport
import Testing

/// URLs as an implementation makes them that shares nothing with ours.
@Suite struct S3PresignedURLTests {
    private struct Presigned: Decodable {
        let key: String
        let get: String
        let put: String
    }

    @Test func `presigned URLs are those of botocore`() async throws {
        let keys = ["k", "images/1/result.png", "a b/é+%.png", "~-._!*'()&=?#@:$,;", "漢/😀", "x//y/"]
        let bucket = S3Bucket(
            name: "pictures",
            endpoints: try AWSEndpoints(region: "eu-central-1"),
            caller: AWSCaller.fake(.s3, over: FakeTransport())
        )
        let expected = try presignedByBotocore(keys)
        #expect(expected.map(\.key) == keys)
        for urls in expected {
            #expect(try await bucket.presignedGet(urls.key, validFor: .seconds(3600)) == urls.get)
            let put = try await bucket.presignedPut(
                urls.key,
                contentType: "image/png",
                validFor: .seconds(60)
            )
            #expect(put == urls.put)
        }
    }

    /// At the moment and with the credentials of `AWSCaller.fake`.
    private func presignedByBotocore(_ keys: [String]) throws -> [Presigned] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = tests.deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appendingPathComponent(".venv/tools/bin/python").path
        let program = tests.appendingPathComponent("Scripts/presigned_urls.py").path
        let process: ChildProcess
        do {
            process = try ChildProcess(python, [program, "1790000000", "pictures"] + keys, output: .pipe)
        } catch {
            Issue.record("botocore is not installed under .venv/tools: run `make bootstrap`")
            throw error
        }
        let json = try process.output?.readToEnd() ?? Data()
        try #require(process.waitUntilExit() == 0)
        return try JSONDecoder().decode([Presigned].self, from: json)
    }
}
