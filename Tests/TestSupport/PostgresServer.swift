import Foundation
import Synchronization

/// A real Postgres server of the test process's own.
///
/// It lives in a temporary folder, listens on a socket in there and nowhere else, and does not wait for disks. A small
/// shell watches over it: when the test process ends, in whatever way, the shell's input ends, and the shell stops the
/// server and removes the folder.
package final class PostgresServer: Sendable {
    /// Why there is no server.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let programs: URL
    private let folder: URL
    private let process = Mutex<ChildProcess?>(nil)

    /// The server that all tests of this process share; started when first asked for.
    package static var shared: PostgresServer {
        get async throws { try await sharedStart.value }
    }

    private static let sharedStart = Task { try await PostgresServer() }

    /// A server of one's own, running.
    package init() async throws {
        programs = try Self.findPrograms()
        let name = "image-api-postgres-\(UInt32.random(in: 0 ... .max))"
        folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(name)
        let set = [
            "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
        ]
        try await run("initdb", set + ["--no-instructions"])
        try await start()
    }

    /// A new, empty database; returns its address.
    package func makeDatabase() async throws -> String {
        let name = "test_\(UInt64.random(in: 0 ... .max))"
        try await run("createdb", ["-h", folder.path, "-U", "postgres", name])
        return address(of: name)
    }

    /// The address of a database of this server.
    package func address(of database: String) -> String {
        "host=\(folder.path) user=postgres dbname=\(database)"
    }

    /// Starts the server again, and returns when it takes connections.
    package func start() async throws {
        let server = ["\(programs.path)/postgres"] + serverArguments
        let process = try shell(Self.watcher, server, input: .pipe, output: .null)
        self.process.withLock { $0 = process }
        for _ in 0..<600 {
            guard process.isRunning else { throw Failure(description: "Postgres did not start: see above") }
            if try await status(of: "pg_isready", ["-q", "-h", folder.path, "-U", "postgres"]) == 0 {
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Failure(description: "Postgres did not become ready")
    }

    /// Stops the server at once, as a crash would, and keeps its data.
    package func stop() async throws {
        guard let process = process.withLock({ $0.take() }) else { return }
        try process.input?.write(contentsOf: Data("keep\n".utf8))
        _ = await process.status()
    }

    deinit {
        guard let process = process.withLock({ $0.take() }) else { return }
        // The end of its input tells the watcher to stop the server and to clean up. If it is closed already, the
        // watcher has done so.
        try? process.input?.close()
        process.waitUntilExit()
    }

    // MARK: - Programs

    /// Becomes the server, after leaving a watcher behind.
    ///
    /// A line on the input stops the server; the end of the input
    /// removes the folder too. The watcher ignores what a terminal sends to the whole group, so that it always gets to
    /// the end, and uses no `wait`: the server is not its child.
    private static let watcher = """
        folder=$1; shift
        exec 3<&0 0</dev/null >"$folder/log" 2>&1
        (
            trap '' INT TERM HUP
            if read -r word <&3; then keep=1; else keep=0; fi
            kill -QUIT $$
            [ "$keep" = 1 ] && exit
            tries=0
            while kill -0 $$ && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
            rm -rf "$folder"
        ) &
        exec 3<&-
        exec "$@"
        """

    private var data: String { folder.appendingPathComponent("data").path }

    private var serverArguments: [String] {
        let settings = [
            "listen_addresses=", "unix_socket_directories=\(folder.path)", "max_connections=300",
            "shared_buffers=64MB", "fsync=off", "full_page_writes=off", "autovacuum=off",
        ]
        return ["-D", data] + settings.flatMap { ["-c", $0] }
    }

    private static func findPrograms() throws -> URL {
        let root = URL(fileURLWithPath: "/usr/lib/postgresql")
        let manager = FileManager.default
        let versions =
            manager.fileExists(atPath: root.path) ? try manager.contentsOfDirectory(atPath: root.path) : []
        let found = versions.compactMap(Int.init).sorted(by: >)
            .map { root.appendingPathComponent("\($0)/bin") }
            .first { manager.isExecutableFile(atPath: $0.appendingPathComponent("initdb").path) }
        guard let found else {
            throw Failure(description: "no Postgres server is installed; run `make bootstrap`")
        }
        return found
    }

    /// A shell script with arguments; as the user `postgres` where the tests run as root, whom the server refuses.
    private func shell(
        _ script: String,
        _ arguments: [String],
        input: ChildProcess.Input = .null,
        output: ChildProcess.Output = .inherit
    ) throws -> ChildProcess {
        let words = ["/bin/sh", "-c", script, "sh", folder.path] + arguments
        let user = ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        let line = geteuid() == 0 ? user + words : words
        return try ChildProcess(line[0], Array(line.dropFirst()), folder: "/", input: input, output: output)
    }

    private func run(_ program: String, _ arguments: [String]) async throws {
        let status = try await status(of: program, arguments)
        guard status == 0 else { throw Failure(description: "\(program) ended with status \(status)") }
    }

    private func status(of program: String, _ arguments: [String]) async throws -> Int32 {
        let script = "mkdir -p -m 700 \"$1\" && shift && exec \"$@\""
        return try await shell(script, ["\(programs.path)/\(program)"] + arguments, output: .null).status()
    }
}
