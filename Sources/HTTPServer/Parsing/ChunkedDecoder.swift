/// Takes the chunked transfer coding off a body: RFC 9112 §7.1.
///
/// A pure machine fed with pieces of any size. Chunk extensions and trailer fields are checked,
/// bounded and dropped.
/// States: `size` → (`extensionName`) → `sizeEnd` → `data` → `dataReturn` → `dataFeed` → `size` …
/// and after the chunk of size 0: `trailerStart` → (`trailerName` → `trailerValue` → `trailerFeed` →
/// `trailerStart`) → `endFeed` → `done`.
struct ChunkedDecoder {
    private enum State {
        case size
        case chunkExtension
        case sizeFeed
        case data
        case dataReturn
        case dataFeed
        case trailerStart
        case trailerName
        case trailerValue
        case trailerFeed
        case endFeed
        case done
    }

    /// The body's framing is broken; nothing after this point can be trusted.
    struct Malformed: Error, Equatable {}

    private static let sizeDigits = 15
    /// Octets of extensions in one body, and of trailer fields.
    private static let dressingBytes = 8 * 1024

    private var state = State.size
    private var digits = 0
    private var left = 0
    private var dressing = 0
    private var extensions = ChunkExtensionChecker()

    var isDone: Bool { state == .done }

    /// Reads from the start of `input`, appends the body's octets to `body`, and tells how many it used: all of
    /// them, unless the body ended before.
    mutating func decode(_ input: Span<UInt8>, into body: inout [UInt8]) throws(Malformed) -> Int {
        var index = 0
        while index < input.count, state != .done {
            if state == .data {
                let count = min(left, input.count - index)
                body.append(octets: input.extracting(index..<index + count))
                index += count
                left -= count
                if left == 0 { state = .dataReturn }
            } else {
                try step(input[index])
                index += 1
            }
        }
        return index
    }

    private mutating func step(_ octet: UInt8) throws(Malformed) {
        switch state {
        case .size: try readSize(octet)
        case .chunkExtension: try readExtension(octet)
        case .sizeFeed: try expect(.lineFeed, octet, then: left == 0 ? .trailerStart : .data)
        case .dataReturn: try expect(.carriageReturn, octet, then: .dataFeed)
        case .dataFeed: try expect(.lineFeed, octet, then: .size)
        case .trailerStart, .trailerName, .trailerValue: try readTrailer(octet)
        case .trailerFeed: try expect(.lineFeed, octet, then: .trailerStart)
        case .endFeed: try expect(.lineFeed, octet, then: .done)
        case .data, .done: break
        }
    }

    private mutating func expect(_ wanted: UInt8, _ octet: UInt8, then next: State) throws(Malformed) {
        guard octet == wanted else { throw Malformed() }
        state = next
        if next == .size { (digits, left) = (0, 0) }
    }

    private mutating func readSize(_ octet: UInt8) throws(Malformed) {
        if let value = octet.hexadecimalValue {
            digits += 1
            guard digits <= Self.sizeDigits else { throw Malformed() }
            left = left << 4 | value
            return
        }
        guard digits > 0 else { throw Malformed() }
        switch octet {
        case .carriageReturn: state = .sizeFeed
        case .semicolon:
            extensions = ChunkExtensionChecker()
            state = .chunkExtension
        default: throw Malformed()
        }
    }

    private mutating func readExtension(_ octet: UInt8) throws(Malformed) {
        try countDressing()
        if octet == .carriageReturn {
            guard extensions.mayEnd else { throw Malformed() }
            state = .sizeFeed
        } else if !extensions.accept(octet) {
            throw Malformed()
        }
    }

    private mutating func readTrailer(_ octet: UInt8) throws(Malformed) {
        try countDressing()
        switch (state, octet) {
        case (.trailerStart, .carriageReturn): state = .endFeed
        case (.trailerName, .colon): state = .trailerValue
        case (.trailerStart, _), (.trailerName, _):
            guard OctetClass.token.contains(octet) else { throw Malformed() }
            state = .trailerName
        case (_, .carriageReturn): state = .trailerFeed
        default: guard octet.isFieldContent else { throw Malformed() }
        }
    }

    private mutating func countDressing() throws(Malformed) {
        dressing += 1
        guard dressing <= Self.dressingBytes else { throw Malformed() }
    }
}
