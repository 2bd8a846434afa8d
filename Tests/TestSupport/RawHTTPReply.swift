/// One HTTP/1.1 answer, read from a raw socket.
package struct RawHTTPReply: Sendable, Equatable {
    package var status: Int
    /// Names in lower case.
    package var fields: [String: String]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    package enum Failure: Error {
        case endedEarly(received: String)
        case malformed(String)
    }
}

/// Reads answers one after another from a socket, keeping what came too early.
package final class RawHTTPReader {
    private let socket: RawSocket
    private var buffer: [UInt8] = []

    package init(_ socket: RawSocket) { self.socket = socket }

    /// The next answer; `toHead` says that it was asked for by HEAD and so has no body.
    package func next(toHead: Bool = false) throws -> RawHTTPReply {
        let head = String(decoding: try take(through: Array("\r\n\r\n".utf8)), as: UTF8.self)
        // CR LF is one Character.
        let lines = head.split(separator: "\r\n")
        guard let first = lines.first,
            let status = first.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw RawHTTPReply.Failure.malformed(head) }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw RawHTTPReply.Failure.malformed(head) }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            fields[line[..<colon].lowercased()] = String(value)
        }
        var reply = RawHTTPReply(status: status, fields: fields, body: [])
        if toHead || status == 204 || status == 304 || status < 200 { return reply }
        reply.body = try body(fields)
        return reply
    }

    /// Whatever comes until the peer closes; empty if it closes at once.
    package func rest() throws -> [UInt8] {
        defer { buffer = [] }
        return buffer + (try socket.receiveAll())
    }

    private func body(_ fields: [String: String]) throws -> [UInt8] {
        if let length = fields["content-length"].flatMap({ Int($0) }) { return try take(length) }
        guard fields["transfer-encoding"] == "chunked" else { return try rest() }
        var body: [UInt8] = []
        while true {
            let line = String(decoding: try take(through: [13, 10]).dropLast(2), as: UTF8.self)
            guard let size = Int(line, radix: 16) else { throw RawHTTPReply.Failure.malformed(line) }
            body += try take(size)
            guard try take(2) == [13, 10] else { throw RawHTTPReply.Failure.malformed("chunk end") }
            if size == 0 { return body }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    private func take(through end: [UInt8]) throws -> [UInt8] {
        while true {
            if let place = buffer.indices.first(where: { buffer[$0...].starts(with: end) }) {
                return try take(place + end.count)
            }
            try fill()
        }
    }

    private func fill() throws {
        let piece = try socket.receive()
        guard !piece.isEmpty else {
            throw RawHTTPReply.Failure.endedEarly(
                received: String(decoding: buffer.prefix(500), as: UTF8.self)
            )
        }
        buffer += piece
    }
}
