import Foundation

/// The running emulator, in a process that ends with ours.
struct MiniStackProcess: Sendable {
    let endpoint: String
    let caFile: String
    private let keeper: ChildProcess

    /// Starts it, and returns when it answers.
    static func start() async throws -> MiniStackProcess {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let tools = root.appendingPathComponent(".venv/emulator/bin")
        let program = tools.appendingPathComponent("ministack").path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw MiniStackUnavailable(description: "no \(program): run `make bootstrap`")
        }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ministack-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

        // The keeper reads its input to the end, which comes when we end; nothing is ever written.
        let python = tools.appendingPathComponent("python").path
        let keeper = try ChildProcess(
            python,
            ["-c", script, program, folder.path],
            input: .pipe,
            output: .pipe
        )
        guard let output = keeper.output, let port = Int(await firstLine(of: output)) else {
            throw MiniStackUnavailable(description: "MiniStack did not start; its output is above")
        }
        return MiniStackProcess(
            endpoint: "https://127.0.0.1:\(port)",
            caFile: folder.appendingPathComponent("ministack-tls/server.crt").path,
            keeper: keeper
        )
    }

    private static func firstLine(of file: FileHandle) async -> String {
        await withCheckedContinuation { continuation in
            // Blocks until the keeper says a line or ends, both within its own time limit.
            DispatchQueue.global()
                .async {
                    var line = Data()
                    while !line.contains(UInt8(ascii: "\n")) {
                        let piece = file.availableData
                        if piece.isEmpty { break }
                        line += piece
                    }
                    let text = String(decoding: line, as: UTF8.self)
                    continuation.resume(returning: text.trimmingCharacters(in: .whitespacesAndNewlines))
                }
        }
    }

    /// Chooses a port, starts the emulator, says the port when it answers, and kills it when our process is gone,
    /// which ends its standard input.
    ///
    /// The kernel's "signal at the parent's death" is no use to us, since it means the thread that forked; the
    /// keeper has one thread, so that for its own death it is.
    private static let script = """
        import ctypes, os, select, shutil, signal, socket, ssl, subprocess, sys, time, urllib.request

        program, folder = sys.argv[1:]
        libc = ctypes.CDLL(None)

        def die_with_keeper():
            libc.prctl(1, signal.SIGKILL)

        def start(port, log):
            own = {
                "BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "GATEWAY_PORT": str(port),
                "AUTH": "true", "USE_SSL": "1", "TMPDIR": folder,
                "STATE_DIR": folder + "/state", "S3_DATA_DIR": folder + "/s3",
            }
            others = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MINISTACK_"))}
            return subprocess.Popen(
                [program], env={**others, **own}, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=die_with_keeper)

        def answers(child, port):
            context = ssl._create_unverified_context()
            until = time.monotonic() + 60
            while child.poll() is None and time.monotonic() < until:
                try:
                    url = f"https://127.0.0.1:{port}/_ministack/health"
                    with urllib.request.urlopen(url, context=context, timeout=5):
                        return child.poll() is None
                except OSError:
                    time.sleep(0.02)
            return False

        def free_port():
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                return probe.getsockname()[1]

        def stop(signal_number, frame):
            raise SystemExit(0)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        child = None
        try:
            with open(folder + "/log", "wb") as log:
                for attempt in range(3):
                    port = free_port()
                    child = start(port, log)
                    if answers(child, port):
                        break
                    child.kill()
                    child.wait()
                else:
                    sys.stderr.write(open(folder + "/log", errors="replace").read()[-4000:])
                    sys.exit(1)
                print(port, flush=True)
                while child.poll() is None:
                    if select.select([0], [], [], 0.5)[0] and not os.read(0, 1):
                        break
        finally:
            if child is not None:
                child.kill()
                child.wait()
            shutil.rmtree(folder, ignore_errors=True)
        """
}
