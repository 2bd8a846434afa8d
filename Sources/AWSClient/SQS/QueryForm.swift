/// The body of a call in AWS's query protocol: names and values, encoded as HTML forms are.
struct QueryForm {
    private(set) var bytes: [UInt8] = []

    init(action: String, version: String) {
        bytes.reserveCapacity(512)
        append("Action", action)
        append("Version", version)
    }

    mutating func append(_ name: String, _ value: String) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
        encode(name)
        bytes.append(UInt8(ascii: "="))
        encode(value)
    }

    mutating func append(_ name: String, _ value: Int64) { append(name, String(value)) }

    /// A space is `+`: all servers of forms read it so, and some that check signatures write it so again.
    private mutating func encode(_ text: String) {
        for byte in text.utf8 {
            if PercentEncoding.isUnreserved(byte) {
                bytes.append(byte)
            } else if byte == UInt8(ascii: " ") {
                bytes.append(UInt8(ascii: "+"))
            } else {
                PercentEncoding.appendEscape(byte, to: &bytes)
            }
        }
    }
}
