import Glibc
import Telemetry
import TestSupport
import Testing

@testable import HTTPServer

/// What connections and loops leave alone once they have ended.
@Suite(.timeLimit(.minutes(1)))
struct AftermathTests {
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

    @Test func `a loop that has ended has no thread`() async throws {
        let loop = try EventLoop(tick: .milliseconds(5))
        let isHere = await withCheckedContinuation { continuation in
            #expect(
                LoopThread.start {
                    loop.run(NothingToDo())
                    continuation.resume(returning: loop.isIsolatingCurrentContext())
                }
            )
        }
        #expect(isHere == false)
    }

    /// A handler that is done from the beginning.
    private final class NothingToDo: EventHandler {
        let isDone = true
        func ready(_ token: UInt64, _ readiness: Readiness) {}
        func tick() {}
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
