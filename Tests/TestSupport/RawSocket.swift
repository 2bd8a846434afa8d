import Dispatch
import Glibc

/// A small blocking TCP client, for tests that must say exactly which octets go over the wire and when.
///
/// Every call has a time limit. Use it inside `offPool`, because it blocks its thread.
package final class RawSocket: @unchecked Sendable {
    // @unchecked: the kernel locks sockets; only `close` changes the object, and a test calls it last.

    package enum Failure: Error, Equatable {
        case system(call: String, code: Int32)
        case timedOut
        case badAddress
    }

    private var descriptor: Int32

    /// Connects to a numeric IPv4 or IPv6 address.
    package init(
        port: Int,
        host: String = "127.0.0.1",
        timeout: Duration = .seconds(60),
        receiveBuffer: Int? = nil
    ) throws {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0, let address = unsafe found else {
            throw Failure.badAddress
        }
        defer { unsafe freeaddrinfo(address) }
        descriptor = unsafe socket(address.pointee.ai_family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure.system(call: "socket", code: errno) }
        setTimeout(timeout)
        if let receiveBuffer {
            var size = Int32(receiveBuffer)
            _ = unsafe setsockopt(
                descriptor,
                SOL_SOCKET,
                SO_RCVBUF,
                &size,
                socklen_t(MemoryLayout<Int32>.size)
            )
        }
        let isConnected = unsafe connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0
        guard isConnected else { throw Failure.system(call: "connect", code: errno) }
    }

    deinit { close() }

    /// Changes the time limit of every later call.
    package func setTimeout(_ timeout: Duration) {
        let (seconds, attoseconds) = timeout.components
        var limit = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            _ = unsafe setsockopt(
                descriptor,
                SOL_SOCKET,
                option,
                &limit,
                socklen_t(MemoryLayout<timeval>.size)
            )
        }
    }

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[sent...])
                return unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                throw errno == EAGAIN ? .timedOut : Failure.system(call: "send", code: errno)
            }
            sent += count
        }
    }

    /// What has come, at most `limit` octets; empty at the end of the stream.
    package func receive(atMost limit: Int = 64 * 1024) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
        }
        guard count >= 0 else {
            throw errno == EAGAIN ? .timedOut : Failure.system(call: "recv", code: errno)
        }
        return Array(bytes[..<count])
    }

    /// Everything up to the end of the stream.
    package func receiveAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = try receive()
            if piece.isEmpty { return all }
            all += piece
        }
    }

    /// Drops everything up to the end of the stream and tells how much it was.
    package func countAll() throws -> Int {
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        var total = 0
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
            }
            guard count >= 0 else {
                throw errno == EAGAIN ? .timedOut : Failure.system(call: "recv", code: errno)
            }
            if count == 0 { return total }
            total += count
        }
    }

    /// Says that nothing more will be sent.
    package func finishSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes so that the peer gets a reset instead of an orderly end.
    package func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_LINGER,
            &option,
            socklen_t(MemoryLayout<linger>.size)
        )
        close()
    }

    package func close() {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        descriptor = -1
    }

    private static let blockingThreads = BlockingThreads()

    /// Runs blocking work on a thread of its own, away from the pool that Swift's tasks share.
    package static func offPool<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withTaskExecutorPreference(blockingThreads) { try work() }
    }
}

/// Runs each job on a thread that may block; what a task carries along, like the current test, stays with it.
private final class BlockingThreads: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        DispatchQueue(label: "raw socket")
            .async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
