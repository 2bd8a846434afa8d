import Foundation
import TestSupport
import Testing

@testable import HTTPServer

/// Compares where our parser and Boost.Beast's see a message end: two readers that disagree about it are what
/// request smuggling needs.
///
/// Ours refuses more, on purpose, and forgives one empty line before a request, which Beast does not. What it accepts, Beast must accept, too, and frame the same way; and where it
/// waits for more, Beast must not see the end of a message.
struct FramingOracleTests {
    enum Verdict: Equatable {
        case complete(used: Int, bodyLength: Int, bodySum: Int)
        case more
        case refused
    }

    private static let requests = 30_000

    @Test(.timeLimit(.minutes(3)))
    func `our framing of a request is that of Boost Beast`() throws {
        var mutations = RequestMutations(seed: 20_261_120)
        let requests = (0..<Self.requests).map { _ in mutations.next() }
        let theirs = try BeastOracle().judge(requests)
        try #require(theirs.count == requests.count)
        var accepted = 0
        for (request, their) in zip(requests, theirs) {
            let our = Self.judge(request, cutAt: request.count)
            let cut = mutations.cut(request.count)
            let text = String(decoding: request, as: UTF8.self)
            #expect(our == Self.judge(request, cutAt: cut), "cut at \(cut): \(text.debugDescription)")
            if case .complete = our {
                accepted += 1
                #expect(our == their, "\(text.debugDescription)")
            } else if our == .more, case .complete = their {
                Issue.record("Beast sees an end where we wait: \(text.debugDescription)")
            }
        }
        // Enough of them got as far as being compared.
        #expect(accepted > Self.requests / 5)
    }

    /// Reads one message as a connection would, in two pieces.
    private static func judge(_ request: [UInt8], cutAt cut: Int) -> Verdict {
        var parser = HeadParser(limits: HTTPServerLimits())
        do {
            if let result = try parser.parse(request.span.extracting(0..<cut)) {
                return try judgeBody(request, result.head, from: result.length, cutAt: cut)
            }
            guard let result = try parser.parse(request.span) else { return .more }
            return try judgeBody(request, result.head, from: result.length, cutAt: result.length)
        } catch {
            return .refused
        }
    }

    private static func judgeBody(
        _ request: [UInt8],
        _ head: RequestHead,
        from start: Int,
        cutAt cut: Int
    ) throws -> Verdict {
        var decoder = BodyDecoder(head.framing)
        var body: [UInt8] = []
        var used = start
        for end in [cut, request.count] where !decoder.isDone {
            used += try decoder.decode(request.span.extracting(used..<max(used, end)), into: &body)
        }
        guard decoder.isDone else { return .more }
        let sum = body.reduce(0) { ($0 * 31 + Int($1)) & 0xFFFF_FFFF }
        return .complete(used: used, bodyLength: body.count, bodySum: sum)
    }
}

/// Boost.Beast's parser behind a small program, compiled when its source has changed.
struct BeastOracle {
    enum Failure: Error {
        case failed(program: String, status: Int32)
        case badAnswer(String)
    }

    private let program: URL

    init() throws {
        let source = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent()
            .deletingLastPathComponent()
            .appendingPathComponent("BeastOracle/BeastOracle.cpp")
        let text = try Data(contentsOf: source)
        let digest = text.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
        let folder = FileManager.default.temporaryDirectory
        program = folder.appendingPathComponent("beast-oracle-\(geteuid())-\(digest)")
        guard !FileManager.default.fileExists(atPath: program.path) else { return }
        // Renamed when complete, so that another run never finds half a program.
        let draft = folder.appendingPathComponent("beast-oracle-\(UUID().uuidString)")
        // NDEBUG: an assertion of this Beast version is wrong about chunks cut in two.
        try Self.run("g++", ["-std=c++17", "-O1", "-DNDEBUG", "-o", draft.path, source.path])
        guard unsafe rename(draft.path, program.path) == 0 else {
            throw Failure.failed(program: "rename", status: errno)
        }
    }

    func judge(_ requests: [[UInt8]]) throws -> [FramingOracleTests.Verdict] {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("beast-oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
        }
        var input: [UInt8] = []
        for request in requests {
            for shift in [0, 8, 16, 24] { input.append(UInt8(request.count >> shift & 0xFF)) }
            input += request
        }
        let question = folder.appendingPathComponent("requests")
        let answer = folder.appendingPathComponent("verdicts")
        try Data(input).write(to: question)
        try Self.run(program.path, [question.path, answer.path])
        return try String(contentsOf: answer, encoding: .utf8).split(separator: "\n").map(Self.verdict)
    }

    private static func verdict(_ line: Substring) throws -> FramingOracleTests.Verdict {
        let words = line.split(separator: " ")
        switch (words.first, words.dropFirst().compactMap { Int($0) }) {
        case ("more", []): return .more
        case ("refused", []): return .refused
        case ("complete", let numbers) where numbers.count == 3:
            return .complete(used: numbers[0], bodyLength: numbers[1], bodySum: numbers[2])
        default: throw Failure.badAnswer(String(line))
        }
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let status = try ChildProcess(program, arguments).waitUntilExit()
        guard status == 0 else { throw Failure.failed(program: program, status: status) }
    }
}
