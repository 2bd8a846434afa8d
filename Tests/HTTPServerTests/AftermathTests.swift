import Glibc
import Telemetry
import TestSupport
import Testing

@testable import HTTPServer

/// What a connection leaves alone once it is closed.
@Suite(.timeLimit(.minutes(1)))
struct ClosedConnectionTests {
    @Test func `a closed connection reads no more from its descriptor's number`() async throws {
        let host = try ConnectionHost(
            HTTPServerSettings(),
            responder: ClosureResponder(answer: echo),
            budget: ConnectionBudget(limit: 10),
            log: .silent
        )
        let stillReads = await withCheckedContinuation { continuation in
            host.loop.submit {
                continuation.resume(returning: readsAfterClose(on: host))
                host.close()
            }
            #expect(LoopThread.start { host.run() })
        }
        #expect(stillReads == false)
    }

    /// Closes a connection whose socket had something to read; nil when there are no sockets.
    private func readsAfterClose(on host: ConnectionHost) -> Bool? {
        var pair: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &pair) == 0 else { return nil }
        // Takes the first place of the host's table; the connection looked at claims a place that has passed on.
        host.adopt(Descriptor(owning: pair[0]), remoteAddress: "")
        let connection = Connection(
            Descriptor(owning: pair[1]),
            token: 1 << 32,
            remoteAddress: "",
            host: host
        )
        return connection.assumeIsolated { connection in
            connection.isReadable = true
            connection.close()
            return connection.isReadable
        }
    }
}
