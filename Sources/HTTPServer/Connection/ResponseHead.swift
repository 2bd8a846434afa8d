import HTTPMessages

/// Writes status line and header fields.
struct ResponseHead {
    /// How the client will find the body's end.
    enum Framing: Equatable {
        case length(Int)
        case chunked
        /// For HTTP/1.0 clients: the body ends with the connection.
        case untilClose
        /// The status allows no body, so nothing is said about one.
        case none
    }

    /// Fields that say where the message ends or how the connection goes on are the server's to write.
    private static func isReserved(_ name: String) -> Bool {
        switch name {
        case "connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade": true
        default: false
        }
    }

    var status: Int
    var framing: Framing
    var keepsAlive: Bool
    var isVersion10: Bool

    /// The name of a field that would break the message apart: a name that is no token, or a value with control
    /// octets.
    static func invalidField(in fields: HTTPFields) -> String? {
        fields.fields.first { field in
            field.name.isEmpty || !field.name.utf8.allSatisfy(OctetClass.token.contains)
                || !field.value.utf8.allSatisfy(\.isFieldContent)
        }?
        .name
    }

    func write(_ fields: HTTPFields, dateLine: [UInt8], to output: inout [UInt8]) {
        output.append(text: "HTTP/1.1 ")
        output.append(decimal: status)
        output.append(text: " ")
        output.append(text: StatusText.of(status))
        output.append(text: "\r\n")
        for field in fields.fields where !Self.isReserved(field.name) {
            output.append(contentsOf: field.name.utf8)
            output.append(text: ": ")
            output.append(contentsOf: field.value.utf8)
            output.append(text: "\r\n")
        }
        switch framing {
        case .length(let length):
            output.append(text: "content-length: ")
            output.append(decimal: length)
            output.append(text: "\r\n")
        case .chunked: output.append(text: "transfer-encoding: chunked\r\n")
        case .untilClose, .none: break
        }
        output.append(contentsOf: dateLine)
        if !keepsAlive {
            output.append(text: "connection: close\r\n")
        } else if isVersion10 {
            output.append(text: "connection: keep-alive\r\n")
        }
        output.append(text: "\r\n")
    }
}

extension [UInt8] {
    mutating func append(text: StaticString) {
        // A static string of the source: its pointer is valid for the whole run.
        let octets = unsafe UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        unsafe append(contentsOf: octets)
    }

    mutating func append(decimal value: Int) { append(contentsOf: String(value).utf8) }

    mutating func append(hexadecimal value: Int) { append(contentsOf: String(value, radix: 16).utf8) }
}
