import Foundation
import Synchronization

/// The real program, started by a test as a process of its own.
///
/// Its output is read as it comes. A program that a test forgot is killed when the last reference goes.
package final class RunningProgram: Sendable {
    /// Why a program could not be watched.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    private struct State {
        var output = ""
        var readers: [CheckedContinuation<Void, Never>] = []
        var hasEnded = false
        /// Counts the changes, so that nobody waits for one that has been.
        var version = 0
    }

    private final class Shared: Sendable {
        let state = Mutex(State())

        /// Notes more output, or the end, and wakes who waits for it.
        func change(_ change: (inout State) -> Void) {
            let readers = state.withLock { state in
                change(&state)
                state.version += 1
                defer { state.readers = [] }
                return state.readers
            }
            for reader in readers { reader.resume() }
        }
    }

    private let process: ChildProcess
    private let shared = Shared()

    /// Starts `image-api` with these arguments.
    ///
    /// Of this process's environment it gets the search path and the sanitizers' options, and nothing else.
    package init(_ arguments: [String], environment: [String: String], folder: String) throws {
        let inherited = ProcessInfo.processInfo.environment.filter { name, _ in
            ["PATH", "TSAN_OPTIONS", "ASAN_OPTIONS", "LSAN_OPTIONS"].contains(name)
        }
        process = try ChildProcess(
            Self.program.path,
            arguments,
            environment: environment.merging(inherited) { given, _ in given }
                .merging(["HOME": folder]) { given, _ in given },
            folder: folder,
            output: .pipe,
            errorOutput: .sameAsOutput
        )
        guard let output = process.output else { return }
        Thread.detachNewThread { [shared] in
            var data = output.availableData
            while !data.isEmpty {
                let text = String(decoding: data, as: UTF8.self)
                shared.change { $0.output += text }
                data = output.availableData
            }
            shared.change { $0.hasEnded = true }
        }
    }

    /// The program beside this test bundle.
    private static var program: URL {
        var folder = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
            .deletingLastPathComponent()
        folder = folder ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return (folder ?? URL(fileURLWithPath: ".")).appendingPathComponent("image-api")
    }

    /// Everything the program has written so far, to both outputs.
    package var output: String { shared.state.withLock { $0.output } }

    /// The number of its process.
    package var processID: Int32 { process.processID }

    /// Waits until the program has written this text; throws when it ended without.
    package func waitForOutput(_ text: String) async throws {
        while true {
            let (found, ended, version) = shared.state.withLock { state in
                (state.output.contains(text), state.hasEnded, state.version)
            }
            if found { return }
            if ended { throw Failure(description: "the program ended without writing '\(text)':\n\(output)") }
            await change(after: version)
        }
    }

    /// Sends a signal.
    package func send(signal number: Int32) { process.send(signal: number) }

    /// Waits until the program has ended, and returns its status; killed by a signal, the negative of its number.
    package func status() async -> Int32 {
        while true {
            let (hasEnded, version) = shared.state.withLock { ($0.hasEnded, $0.version) }
            if hasEnded { break }
            await change(after: version)
        }
        return await process.status()
    }

    private func change(after version: Int) async {
        await withCheckedContinuation { continuation in
            let mustWait = shared.state.withLock { state in
                guard state.version == version else { return false }
                state.readers.append(continuation)
                return true
            }
            if !mustWait { continuation.resume() }
        }
    }
}

/// A port of the loopback interface that was free a moment ago.
package func freePort() throws -> Int {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw RunningProgram.Failure(description: "no socket") }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            unsafe bind(socket, generic, length) == 0 && getsockname(socket, generic, &length) == 0
        }
    }
    guard isBound else { throw RunningProgram.Failure(description: "no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
}
