/// How the API listens and whom it lets in.
package struct HTTPSettings: Sendable {
    /// One key and the name of its owner, if it has one.
    package struct Key: Sendable, Equatable {
        package let name: String?
        package let key: Secret

        package init(name: String?, key: Secret) {
            self.name = name
            self.key = key
        }
    }

    /// Who may read a result.
    package enum ResultAccess: String, Sendable, CaseIterable {
        case id
        case key
    }

    package var host: String
    package var port: Int
    /// Where clients reach this process; only the local role builds image URLs from it.
    package var publicURL: String
    package var keys: [Key]
    package var resultAccess: ResultAccess
    package var allowedOrigins: [String]
    package var connectionLimit: Int
    package var threads: Int
    package var headerTimeout: Duration
    package var bodyTimeout: Duration
    package var idleTimeout: Duration
    /// From the moment readiness fails to the moment the listener closes; a part of the stop timeout.
    package var drainDelay: Duration

    init(_ reader: inout SettingsReader, role: Settings.Role, stopTimeout: Duration) {
        host = reader.text("HOST", default: role == .local ? "127.0.0.1" : "0.0.0.0")
        port = reader.integer("PORT", in: 0...65_535, default: 3000)
        if port == 0, role == .local, reader.text("PUBLIC_URL") == nil {
            reader.mistake("PORT", "is 0, any free port; then PUBLIC_URL must say where images are found")
        }
        let shownHost = host == "0.0.0.0" || host == "::" ? "127.0.0.1" : host
        let authority = shownHost.contains(":") ? "[\(shownHost)]" : shownHost
        publicURL = reader.url("PUBLIC_URL", schemes: ["http", "https"]) ?? "http://\(authority):\(port)"
        resultAccess = reader.choice("RESULT_ACCESS", default: .id)
        allowedOrigins = Self.list(reader.text("CORS_ALLOWED_ORIGINS") ?? "")
        connectionLimit = reader.integer("HTTP_CONNECTIONS", in: 1...100_000, default: 4_096)
        threads = reader.integer("HTTP_THREADS", in: 1...64, default: 1)
        headerTimeout = reader.duration(
            "HEADER_TIMEOUT",
            in: .milliseconds(100)...(.seconds(300)),
            default: .seconds(10)
        )
        bodyTimeout = reader.duration(
            "BODY_TIMEOUT",
            in: .milliseconds(100)...(.seconds(300)),
            default: .seconds(10)
        )
        idleTimeout = reader.duration(
            "KEEP_ALIVE_TIMEOUT",
            in: .seconds(1)...(.seconds(3_600)),
            default: .seconds(75)
        )
        drainDelay = reader.duration(
            "DRAIN_DELAY",
            in: .zero...(.seconds(60)),
            default: role == .serve ? min(.seconds(5), stopTimeout / 5) : .zero
        )
        if drainDelay >= stopTimeout {
            reader.mistake("DRAIN_DELAY", "is not shorter than STOP_TIMEOUT, of which it is a part")
        }
        keys = Self.keys(&reader, role: role, host: host)
    }

    private static func keys(_ reader: inout SettingsReader, role: Settings.Role, host: String) -> [Key] {
        guard role == .local || role == .serve else { return [] }
        guard let list = reader.secret("API_KEYS") else {
            // A laptop needs no secret as long as nobody else can reach it.
            if role == .local, ["127.0.0.1", "::1", "localhost"].contains(host) {
                return [Key(name: "local", key: Secret("local-dev-key"))]
            }
            reader.mistake("API_KEYS", "is missing; expected name:key or key, separated by commas")
            return []
        }
        var keys: [Key] = []
        for (index, part) in list.revealed.split(separator: ",", omittingEmptySubsequences: false)
            .enumerated()
        {
            let pair = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                .map { trimmed($0) }
            let key = pair.last ?? ""
            let name = pair.count == 2 ? pair[0] : nil
            guard isKey(key), name.map(isName) ?? true else {
                reader.mistake(
                    "API_KEYS",
                    "has a wrong entry at place \(index + 1); expected name:key or key, "
                        + "the key 8 to 256 visible characters, the name letters, digits, - and _"
                )
                continue
            }
            // With one key for two owners, which of them is meant would depend on the order.
            guard !keys.contains(where: { $0.key.revealed == key }) else {
                reader.mistake("API_KEYS", "repeats an earlier key at place \(index + 1)")
                continue
            }
            keys.append(Key(name: name, key: Secret(key)))
        }
        for (name, count) in Dictionary(grouping: keys.compactMap(\.name), by: { $0 }).mapValues(\.count)
        where count > 2 {
            reader.mistake("API_KEYS", "has more than two keys for '\(name)'; two allow rotation")
        }
        return keys
    }

    private static func isKey(_ key: String) -> Bool {
        (8...256).contains(key.utf8.count) && key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { trimmed($0) }.filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
