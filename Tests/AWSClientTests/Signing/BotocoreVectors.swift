import Foundation
import TestSupport

@testable import AWSClient

/// A request signed by botocore, an implementation that shares nothing with ours.
struct BotocoreVector: Decodable {
    let service: String
    let region: String
    let method: String
    let url: String
    let body: String
    let fields: [[String]]
    let isPresigned: Bool
    let isUnsigned: Bool
    let time: Int
    let expires: Int
    let accessKey: String
    let secretKey: String
    let token: String?
    let canonicalRequest: String
    let stringToSign: String
    let signature: String
    /// The presigned URL, or the `Authorization` field.
    let result: String

    struct Unavailable: Error, CustomStringConvertible {
        let description: String
    }

    /// Draws requests by a seed and has botocore sign them.
    static func draw(seed: Int, count: Int) throws -> [BotocoreVector] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let root = tests.deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appendingPathComponent(".venv/tools/bin/python")
        guard FileManager.default.isExecutableFile(atPath: python.path) else {
            throw Unavailable(
                description: "botocore is not installed under .venv/tools: run `make bootstrap`"
            )
        }
        let program = tests.appendingPathComponent("Scripts/sigv4_vectors.py").path
        let process = try ChildProcess(python.path, [program, String(seed), String(count)], output: .pipe)
        let json = try process.output?.readToEnd() ?? Data()
        guard process.waitUntilExit() == 0 else {
            throw Unavailable(
                description: "botocore signed nothing (its error is above): run `make bootstrap`"
            )
        }
        return try JSONDecoder().decode([BotocoreVector].self, from: json)
    }
}
