/// Finds the body's octets, and its end, in what follows the head.
enum BodyDecoder {
    case length(left: Int)
    case chunked(ChunkedDecoder)

    init(_ framing: RequestHead.Framing) {
        switch framing {
        case .length(let length): self = .length(left: length)
        case .chunked: self = .chunked(ChunkedDecoder())
        }
    }

    var isDone: Bool {
        switch self {
        case .length(let left): left == 0
        case .chunked(let decoder): decoder.isDone
        }
    }

    /// Appends the body's octets to `body` and tells how many octets of `input` it used.
    mutating func decode(
        _ input: Span<UInt8>,
        into body: inout [UInt8]
    ) throws(ChunkedDecoder.Malformed) -> Int {
        switch self {
        case .length(let left):
            let count = min(left, input.count)
            body.append(octets: input.extracting(0..<count))
            self = .length(left: left - count)
            return count
        case .chunked(var decoder):
            let used = try decoder.decode(input, into: &body)
            self = .chunked(decoder)
            return used
        }
    }
}
