import Foundation
import Synchronization
import TestSupport

/// `openssl s_server` with a certificate of its own for `localhost`, made for this server alone.
final class TLSServer: Sendable {
    struct Failure: Error, CustomStringConvertible { let description: String }

    let port: Int
    private let folder: URL
    private let process: Process
    private let input: FileHandle
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
        try makingCertificate.run()
        makingCertificate.waitUntilExit()
        guard makingCertificate.terminationStatus == 0 else {
            throw Failure(description: "no certificate made")
        }

        process = try Self.openssl(
            ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key] + options
        )
        let (toServer, fromServer) = (Pipe(), Pipe())
        process.standardInput = toServer
        process.standardOutput = fromServer
        input = toServer.fileHandleForWriting
        output = Output(fromServer.fileHandleForReading)
        try process.run()
        let line = try await output.wait(for: "ACCEPT 127.0.0.1:", upTo: "\n")
        guard let port = Int(line) else { throw Failure(description: "no port in \(line)") }
        self.port = port
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        // The folder of a test that is over; a leftover in the temporary folder harms nobody.
        try? FileManager.default.removeItem(at: folder)
    }

    /// Waits until the client has sent this, decrypted.
    func waitForClient(toSend text: String) async throws {
        _ = try await output.wait(for: text, upTo: "")
    }

    /// Sends bytes to the client, encrypted.
    func send(_ bytes: [UInt8]) throws { try input.write(contentsOf: bytes) }

    private static func openssl(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        return process
    }

    /// What the server has printed, read as it comes.
    private final class Output: Sendable {
        private let text = Mutex("")
        private let changes: AsyncStream<Void>

        init(_ handle: FileHandle) {
            let (changes, continuation) = AsyncStream.makeStream(of: Void.self)
            self.changes = changes
            handle.readabilityHandler = { [weak self] handle in
                let data = handle.availableData
                self?.text.withLock { $0 += String(decoding: data, as: UTF8.self) }
                continuation.yield()
                if data.isEmpty {
                    handle.readabilityHandler = nil
                    continuation.finish()
                }
            }
        }

        /// What stands between the two texts, once both have come.
        func wait(for start: String, upTo end: String) async throws -> String {
            if let found = find(start, end) { return found }
            for await _ in changes { if let found = find(start, end) { return found } }
            throw Failure(description: "the server ended before it printed \(start)")
        }

        private func find(_ start: String, _ end: String) -> String? {
            text.withLock { text in
                guard let first = text.range(of: start) else { return nil }
                if end.isEmpty { return "" }
                guard let last = text.range(of: end, range: first.upperBound..<text.endIndex) else {
                    return nil
                }
                return String(text[first.upperBound..<last.lowerBound])
            }
        }
    }
}
