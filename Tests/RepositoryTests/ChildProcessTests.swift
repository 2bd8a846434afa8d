import Foundation
import TestSupport
import Testing

/// What tests rely on when they run a program beside themselves.
@Suite(.timeLimit(.minutes(5)))
struct ChildProcessTests {
    private func output(of script: String) throws -> [String] {
        let process = try ChildProcess("sh", ["-c", script], output: .pipe)
        let data = try #require(try process.output?.readToEnd())
        #expect(process.waitUntilExit() == 0)
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `the status is what the program ended with`() async throws {
        let process = try ChildProcess("sh", ["-c", "exit 200"])
        #expect(await process.status() == 200)
        #expect(await process.status() == 200)
        #expect(process.waitUntilExit() == 200)
        #expect(!process.isRunning)
    }

    @Test func `a program ended by a signal has its negative number for a status`() async throws {
        let process = try ChildProcess("sleep", ["60"])
        #expect(process.isRunning)
        process.send(signal: SIGTERM)
        #expect(await process.status() == -SIGTERM)
        // Its number may be another's by now.
        process.send(signal: SIGTERM)
    }

    @Test func `what a program reads and writes goes through pipes`() async throws {
        let process = try ChildProcess(
            "sh",
            ["-c", "cat; echo complaint >&2"],
            input: .pipe,
            output: .pipe,
            errorOutput: .sameAsOutput
        )
        try process.input?.write(contentsOf: Data("word\n".utf8))
        try process.input?.close()
        #expect(try process.output?.readToEnd() == Data("word\ncomplaint\n".utf8))
        #expect(await process.status() == 0)
    }

    @Test func `a given descriptor is what a program reads`() throws {
        let folder = try ScratchFolder()
        try Data("from a file\n".utf8).write(to: URL(fileURLWithPath: folder.file("text")))
        let file = try #require(FileHandle(forReadingAtPath: folder.file("text")))
        let process = try ChildProcess("cat", input: .descriptor(file.fileDescriptor), output: .pipe)
        #expect(try process.output?.readToEnd() == Data("from a file\n".utf8))
    }

    @Test func `environment and folder are those given`() throws {
        let process = try ChildProcess(
            "/bin/sh",
            ["-c", "pwd; env | grep ^NAME"],
            environment: ["NAME": "a value"],
            folder: "/usr",
            output: .pipe
        )
        #expect(try process.output?.readToEnd() == Data("/usr\nNAME=a value\n".utf8))
    }

    @Test func `a program inherits no descriptor`() throws {
        let open = (0..<20).map { _ in dup(0) }
        defer { for descriptor in open { close(descriptor) } }
        #expect(open.allSatisfy { $0 > 2 })
        // The last one is the folder being listed.
        #expect(try output(of: "exec ls /proc/self/fd") == ["0", "1", "2", "3"])
    }

    @Test func `a program ignores and blocks no signal, whoever starts it`() async throws {
        let lines = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                var blocked = sigset_t()
                unsafe sigfillset(&blocked)
                unsafe pthread_sigmask(SIG_BLOCK, &blocked, nil)
                // Harmless to the other tests: it is ignored by default.
                signal(SIGURG, SIG_IGN)
                continuation.resume(
                    with: Result { try output(of: "grep -E 'Sig(Blk|Ign)' /proc/self/status") }
                )
            }
        }
        // Of 64 bits, 31 and 32 are signals of the C library's own, for its threads.
        let masks = lines.compactMap { $0.split(separator: "\t").last }.compactMap { UInt64($0, radix: 16) }
        #expect(masks.map { $0 & ~0x1_8000_0000 } == [0, 0])
    }

    @Test func `a program that nobody holds is killed`() throws {
        let output = try ChildProcess("sleep", ["60"], output: .pipe).output
        #expect(try output?.readToEnd() ?? Data() == Data())
    }

    @Test func `a program that is missing is an error that names it`() {
        let error = #expect(throws: ChildProcess.Failure.self) { try ChildProcess("/no/such/program") }
        #expect(error?.description == "starting /no/such/program: No such file or directory")
    }
}
