import HTTPMessages

/// The header fields that are signed: sorted by name, repeated ones joined, spaces trimmed and collapsed.
struct CanonicalHeaders {
    /// The names, joined by `;`.
    let names: [UInt8]
    /// Lines of `name:value`, each with its line feed.
    let lines: [UInt8]

    init(host: ArraySlice<UInt8>, fields: [HTTPFields.Field]) {
        var order = fields.indices.filter { !Self.isUnsigned(fields[$0].name) }
        // Sorting is stable: the values of a repeated field stay in the order they are sent.
        order.sort { fields[$0].name < fields[$1].name }
        var names: [UInt8] = []
        var lines: [UInt8] = []
        lines.reserveCapacity(512)
        var previous: String?
        var isHostWritten = false
        for index in order {
            let field = fields[index]
            if field.name == previous {
                lines[lines.count - 1] = UInt8(ascii: ",")
            } else {
                if !isHostWritten, field.name > "host" {
                    Self.begin("host", names: &names, lines: &lines)
                    lines.append(contentsOf: host)
                    lines.append(Self.lineFeed)
                    isHostWritten = true
                }
                Self.begin(field.name, names: &names, lines: &lines)
            }
            Self.appendCollapsed(field.value, to: &lines)
            lines.append(Self.lineFeed)
            previous = field.name
        }
        if !isHostWritten {
            Self.begin("host", names: &names, lines: &lines)
            lines.append(contentsOf: host)
            lines.append(Self.lineFeed)
        }
        self.names = names
        self.lines = lines
    }

    private static func begin(_ name: String, names: inout [UInt8], lines: inout [UInt8]) {
        if !names.isEmpty { names.append(UInt8(ascii: ";")) }
        names.append(contentsOf: name.utf8)
        lines.append(contentsOf: name.utf8)
        lines.append(UInt8(ascii: ":"))
    }

    /// Removes white space at both ends and makes one space of each run inside.
    private static func appendCollapsed(_ value: String, to text: inout [UInt8]) {
        let start = text.count
        var isPending = false
        for byte in value.utf8 {
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                isPending = true
                continue
            }
            if isPending, text.count > start { text.append(UInt8(ascii: " ")) }
            isPending = false
            text.append(byte)
        }
    }

    /// Fields that belong to one connection, or that something on the way may change.
    ///
    /// `host` is always signed, from the URL.
    private static func isUnsigned(_ name: String) -> Bool {
        switch name {
        case "authorization", "connection", "expect", "host", "keep-alive", "proxy-authenticate",
            "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
            "x-amzn-trace-id":
            true
        default: false
        }
    }

    private static let lineFeed = UInt8(ascii: "\n")
}
