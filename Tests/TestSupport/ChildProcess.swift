package import Foundation
import Synchronization

/// A program that a test runs beside itself.
///
/// It starts with nothing of the test process but what is asked for: no descriptor above the three standard ones, no
/// blocked and no ignored signal. A program that is still running when the last reference goes is killed.
///
/// Foundation's `Process` promises neither, and crashes where very many descriptors are open.
package final class ChildProcess: Sendable {
    /// What the program reads.
    package enum Input: Sendable {
        case null
        /// Written to through `input`.
        case pipe
        /// A descriptor of this process, of which the program gets a copy.
        case descriptor(Int32)
    }

    /// Where the program writes.
    package enum Output: Sendable {
        case inherit
        case null
        /// Read through `output`.
        case pipe
    }

    /// Where the program complains.
    package enum ErrorOutput: Sendable {
        case inherit
        case null
        case sameAsOutput
    }

    /// The number of the process.
    package let processID: Int32
    /// The end of the input's pipe that the program reads from.
    package let input: FileHandle?
    /// The end of the output's pipe that the program writes to; it ends when the program and its children do.
    package let output: FileHandle?
    private let life: Life

    /// Starts a program, found along the search path if its name has no slash.
    ///
    /// Its environment is this process's own if none is given, and so is its working folder.
    package init(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String]? = nil,
        folder: String? = nil,
        input: Input = .null,
        output: Output = .inherit,
        errorOutput: ErrorOutput = .inherit
    ) throws {
        let spawning = try Spawning()
        var (toChild, fromChild): (Pipe?, Pipe?)
        switch input {
        case .null: try spawning.open("/dev/null", as: 0, O_RDONLY)
        case .descriptor(let descriptor): try spawning.copy(descriptor, as: 0)
        case .pipe:
            let pipe = try Pipe()
            try spawning.copy(pipe.reading.fileDescriptor, as: 0)
            toChild = pipe
        }
        switch output {
        case .inherit: break
        case .null: try spawning.open("/dev/null", as: 1, O_WRONLY)
        case .pipe:
            let pipe = try Pipe()
            try spawning.copy(pipe.writing.fileDescriptor, as: 1)
            fromChild = pipe
        }
        switch errorOutput {
        case .inherit: break
        case .null: try spawning.open("/dev/null", as: 2, O_WRONLY)
        case .sameAsOutput: try spawning.copy(1, as: 2)
        }
        if let folder { try spawning.enter(folder) }
        let environment = environment ?? ProcessInfo.processInfo.environment
        processID = try spawning.start([program] + arguments, environment.map { "\($0.key)=\($0.value)" })
        life = Life(processID)
        self.input = toChild?.writing
        self.output = fromChild?.reading
        // The child has copies; its pipes end when those are closed.
        try toChild?.reading.close()
        try fromChild?.writing.close()
    }

    deinit { life.send(SIGKILL) }

    /// Whether the program has not ended yet.
    package var isRunning: Bool { life.status == nil }

    /// Sends a signal, if the program has not ended yet.
    package func send(signal number: Int32) { life.send(number) }

    /// Waits until the program has ended, and returns its status; killed by a signal, the negative of its number.
    package func status() async -> Int32 { await life.end() }

    /// Waits on this thread until the program has ended, and returns what `status()` does.
    @discardableResult
    package func waitUntilExit() -> Int32 { life.waitForEnd() }
}

extension ChildProcess {
    /// A program could not be started.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        init(_ step: String, _ code: Int32) {
            description = "\(step): \(unsafe String(cString: strerror(code)))"
        }
    }

    /// Two ends, both closed in whatever program this process starts.
    private struct Pipe {
        let reading: FileHandle
        let writing: FileHandle

        init() throws {
            let ends = try Spawning.makePipe()
            reading = FileHandle(fileDescriptor: ends.reading, closeOnDealloc: true)
            writing = FileHandle(fileDescriptor: ends.writing, closeOnDealloc: true)
        }
    }

    /// How long the process lives: a thread of its own waits for its end.
    private final class Life: Sendable {
        private struct State {
            var status: Int32?
            var waiting: [CheckedContinuation<Int32, Never>] = []
        }

        private let processID: Int32
        private let state = Mutex(State())
        private let ended = DispatchGroup()

        init(_ processID: Int32) {
            self.processID = processID
            ended.enter()
            Thread.detachNewThread { [self] in
                Spawning.waitForEnd(of: processID)
                let (status, waiting) = state.withLock { state in
                    // From here on the number may belong to another process: reaped under the lock that `send` holds.
                    let status = Spawning.reap(processID)
                    defer { state = State(status: status) }
                    return (status, state.waiting)
                }
                ended.leave()
                for continuation in waiting { continuation.resume(returning: status) }
            }
        }

        var status: Int32? { state.withLock(\.status) }

        func send(_ signal: Int32) {
            state.withLock { state in
                // Cannot fail: until it is reaped, a process that has ended takes signals, too.
                if state.status == nil { kill(processID, signal) }
            }
        }

        func end() async -> Int32 {
            await withCheckedContinuation { continuation in
                let status = state.withLock { state in
                    if state.status == nil { state.waiting.append(continuation) }
                    return state.status
                }
                if let status { continuation.resume(returning: status) }
            }
        }

        func waitForEnd() -> Int32 {
            ended.wait()
            guard let status else { preconditionFailure("the status is set before the group is left") }
            return status
        }
    }
}
