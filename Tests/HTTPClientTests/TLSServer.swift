import Foundation
import Glibc
import Synchronization
import TestSupport

/// `openssl s_server` with a certificate of its own for `localhost`, made for this server alone.
final class TLSServer: Sendable {
    struct Failure: Error, CustomStringConvertible { let description: String }

    let port: Int
    private let folder: URL
    private let process: ChildProcess
    private let output: Output

    /// The certificate, which is its own authority.
    var certificate: String { folder.appendingPathComponent("certificate.pem").path }

    /// Starts a server for a name in OpenSSL's words; the option `-www` answers each request with a page.
    init(name: String = "DNS:localhost", options: [String] = ["-www"]) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = folder.appendingPathComponent("key.pem").path
        let certificate = folder.appendingPathComponent("certificate.pem").path
        let makingCertificate = try Self.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=test", "-addext", "subjectAltName=\(name)", "-keyout", key, "-out", certificate,
        ])
        guard await makingCertificate.status() == 0 else {
            throw Failure(description: "no certificate made")
        }

        process = try Self.openssl(
            ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key] + options
        )
        guard let printed = process.output else { throw Failure(description: "no pipe") }
        output = Output(printed)
        let line = try await output.wait(for: "ACCEPT 127.0.0.1:", upTo: "\n")
        guard let port = Int(line) else { throw Failure(description: "no port in \(line)") }
        self.port = port
    }

    deinit {
        // The folder of a test that is over; a leftover in the temporary folder harms nobody.
        try? FileManager.default.removeItem(at: folder)
    }

    /// Waits until the client has sent this, decrypted.
    func waitForClient(toSend text: String) async throws {
        _ = try await output.wait(for: text, upTo: "")
    }

    /// Sends bytes to the client, encrypted.
    func send(_ bytes: [UInt8]) throws { try process.input?.write(contentsOf: bytes) }

    private static func openssl(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess("/usr/bin/openssl", arguments, input: .pipe, output: .pipe, errorOutput: .null)
    }

    /// What the server has printed, read on a thread as it comes.
    private final class Output: Sendable {
        private struct State {
            var text = ""
            var hasEnded = false
            var awaited: [(start: String, end: String, signal: ServerSignal)] = []
        }
        private let state = Mutex(State())

        init(_ file: FileHandle) {
            Thread.detachNewThread { [self] in
                var data = file.availableData
                while !data.isEmpty {
                    note(String(decoding: data, as: UTF8.self), hasEnded: false)
                    data = file.availableData
                }
                note("", hasEnded: true)
            }
        }

        /// What stands between the two texts, once both have come.
        func wait(for start: String, upTo end: String) async throws -> String {
            let signal = ServerSignal("output \(start)")
            state.withLock { $0.awaited.append((start, end, signal)) }
            note("", hasEnded: false)
            try await signal.wait()
            guard let found = state.withLock({ Self.find(start, end, in: $0.text) }) else {
                throw Failure(description: "the server ended before it printed \(start)")
            }
            return found
        }

        private func note(_ piece: String, hasEnded: Bool) {
            state.withLock { state in
                state.text += piece
                state.hasEnded = state.hasEnded || hasEnded
                for awaited in state.awaited
                where state.hasEnded || Self.find(awaited.start, awaited.end, in: state.text) != nil {
                    awaited.signal.fire()
                }
            }
        }

        private static func find(_ start: String, _ end: String, in text: String) -> String? {
            guard let first = text.range(of: start) else { return nil }
            if end.isEmpty { return "" }
            guard let last = text.range(of: end, range: first.upperBound..<text.endIndex) else { return nil }
            return String(text[first.upperBound..<last.lowerBound])
        }
    }
}
