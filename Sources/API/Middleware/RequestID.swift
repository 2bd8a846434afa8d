import HTTPMessages

/// The name of one request, in its answer and in every log line about it.
enum RequestID {
    /// The client's own id when it is 1 to 128 safe characters, else a new one from `fresh`.
    static func of(_ fields: HTTPFields, fresh: @Sendable () -> String) -> String {
        guard let sent = fields["x-request-id"], (1...128).contains(sent.utf8.count),
            sent.utf8.allSatisfy(isSafe)
        else { return fresh() }
        return sent
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
