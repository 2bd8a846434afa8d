import Glibc
import Synchronization

/// One connection a `ScriptedServer` accepted, for its script to read, write, and break.
///
/// Calls block, on the connection's own thread.
@safe
package final class ScriptedConnection: Sendable {
    package enum Failure: Error {
        /// The client closed or reset the connection.
        case ended
        case malformed
    }

    /// One, two, three… in the order accepted.
    package let number: Int
    private let server: ScriptedServer.Record
    private let socket: Mutex<Int32?>
    private let buffer = Mutex<[UInt8]>([])

    init(number: Int, socket: Int32, server: ScriptedServer.Record) {
        self.number = number
        self.socket = Mutex(socket)
        self.server = server
    }

    /// Reads one request with its whole body, and records it.
    package func readRequest() throws -> ReceivedRequest {
        let head = try readHead()
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        var request = ReceivedRequest(startLine: lines.first ?? "", headerLines: Array(lines.dropFirst()))
        request.connection = number
        if let length = request.header("content-length").flatMap({ Int($0) }) {
            request.body = try read(length)
        }
        server.add(request)
        return request
    }

    /// Reads the next head only, without the empty line at its end.
    package func readHead() throws -> String {
        let end: [UInt8] = Array("\r\n\r\n".utf8)
        while true {
            let head = buffer.withLock { buffer -> [UInt8]? in
                guard let place = buffer.firstRange(of: end) else { return nil }
                defer { buffer.removeSubrange(..<place.upperBound) }
                return Array(buffer[..<place.lowerBound])
            }
            if let head { return String(decoding: head, as: UTF8.self) }
            try fill()
        }
    }

    package func read(_ count: Int) throws -> [UInt8] {
        while buffer.withLock(\.count) < count { try fill() }
        return buffer.withLock { buffer in
            defer { buffer.removeFirst(count) }
            return Array(buffer[..<count])
        }
    }

    package func write(_ text: String) throws { try write(Array(text.utf8)) }

    package func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let descriptor = try open()
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure.ended }
            rest = rest.dropFirst(count)
        }
    }

    /// Answers with a body and its `Content-Length`.
    package func respond(_ status: Int = 200, fields: [String] = [], body: String = "") throws {
        let head = ["HTTP/1.1 \(status) Said", "Content-Length: \(body.utf8.count)"] + fields
        try write(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Returns when the client has closed its side; what it still sends is thrown away.
    package func waitForEnd() {
        while true {
            do { try fill() } catch { return }
            buffer.withLock { $0 = [] }
        }
    }

    package func close() {
        socket.withLock { socket in
            if let descriptor = socket { Glibc.close(descriptor) }
            socket = nil
        }
    }

    /// Closes with RST instead of FIN.
    package func reset() {
        let linger = linger(l_onoff: 1, l_linger: 0)
        if let descriptor = socket.withLock({ $0 }) {
            _ = unsafe withUnsafeBytes(of: linger) {
                unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, $0.baseAddress, socklen_t($0.count))
            }
        }
        close()
    }

    /// Ends blocking calls on the connection; its thread closes it.
    func interrupt() {
        socket.withLock { if let descriptor = $0 { _ = shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    private func open() throws -> Int32 {
        guard let descriptor = socket.withLock({ $0 }) else { throw Failure.ended }
        return descriptor
    }

    private func fill() throws {
        let descriptor = try open()
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: 64 * 1024) { room, count in
            count = unsafe max(0, recv(descriptor, room.baseAddress, room.count, 0))
        }
        guard !piece.isEmpty else { throw Failure.ended }
        buffer.withLock { $0 += piece }
    }
}

/// A request as it came in.
package struct ReceivedRequest: Sendable {
    package var startLine: String
    package var headerLines: [String]
    package var body: [UInt8] = []
    /// The number of the connection it came on.
    package var connection = 0

    package init(startLine: String, headerLines: [String]) {
        self.startLine = startLine
        self.headerLines = headerLines
    }

    package var method: String { String(startLine.prefix { $0 != " " }) }

    /// The first value of a field, its name in any case.
    package func header(_ name: String) -> String? {
        let prefix = name.lowercased() + ":"
        return headerLines.first { $0.lowercased().hasPrefix(prefix) }
            .map { line in
                String(line.dropFirst(prefix.count)).trimmingPrefix(while: \.isWhitespace).description
            }
    }
}
