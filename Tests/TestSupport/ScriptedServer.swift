import Foundation
import Glibc
import Synchronization

/// A server on a free port of the loopback address that does what a script says, byte for byte.
///
/// Each connection runs the script on a thread of its own; a script that throws closes its connection. The
/// server stops with its last reference.
package final class ScriptedServer: Sendable {
    package struct Failure: Error {
        package let step: String
        package let code: Int32
    }

    /// What came in, and the connections that are open.
    final class Record: Sendable {
        struct State {
            var requests: [ReceivedRequest] = []
            var accepted = 0
            var open: [Int: ScriptedConnection] = [:]
            var isStopped = false
        }
        let state = Mutex(State())

        func add(_ request: ReceivedRequest) { state.withLock { $0.requests.append(request) } }
    }

    package let port: UInt16
    private let listener: Int32
    private let record = Record()

    package init(_ script: @escaping @Sendable (ScriptedConnection) throws -> Void) throws {
        (listener, port) = try Self.listen()
        let (listener, record) = (listener, record)
        Thread.detachNewThread { Self.acceptAll(listener, record, script) }
    }

    deinit { stop() }

    /// A server that answers each request with what the closure writes, for as long as the client stays.
    package static func answering(
        _ answer: @escaping @Sendable (ReceivedRequest, ScriptedConnection) throws -> Void
    ) throws -> ScriptedServer {
        try ScriptedServer { connection in
            while true { try answer(try connection.readRequest(), connection) }
        }
    }

    package var url: String { "http://127.0.0.1:\(port)" }
    package var requests: [ReceivedRequest] { record.state.withLock(\.requests) }
    package var connectionsAccepted: Int { record.state.withLock(\.accepted) }

    /// Breaks every connection and accepts no more.
    package func stop() {
        let open = record.state.withLock { state in
            let open = state.isStopped ? [] : Array(state.open.values)
            if !state.isStopped { shutdown(listener, Int32(SHUT_RDWR)) }
            state.isStopped = true
            return open
        }
        for connection in open { connection.interrupt() }
    }

    private static func acceptAll(
        _ listener: Int32,
        _ record: Record,
        _ script: @escaping @Sendable (ScriptedConnection) throws -> Void
    ) {
        while true {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else { break }
            let connection = record.state.withLock { state -> ScriptedConnection? in
                guard !state.isStopped else { return nil }
                state.accepted += 1
                let connection = ScriptedConnection(number: state.accepted, socket: socket, server: record)
                state.open[connection.number] = connection
                return connection
            }
            guard let connection else {
                close(socket)
                break
            }
            Thread.detachNewThread {
                // A script ends with its connection: the client leaving is how most of them end.
                try? script(connection)
                connection.close()
                record.state.withLock { $0.open[connection.number] = nil }
            }
        }
        close(listener)
    }

    /// A listening socket on a port that the system chose.
    private static func listen() throws -> (socket: Int32, port: UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { throw Failure(step: "socket", code: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
                guard unsafe bind(listener, address, length) == 0 else { return errno }
                guard Glibc.listen(listener, 512) == 0 else { return errno }
                guard unsafe getsockname(listener, address, &length) == 0 else { return errno }
                return 0
            }
        }
        guard code == 0 else {
            close(listener)
            throw Failure(step: "listen", code: code)
        }
        return (listener, UInt16(bigEndian: address.sin_port))
    }
}
