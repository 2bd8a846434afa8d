/// Requests that are nearly right, made from right ones by small changes; the same seed makes the same requests.
struct RequestMutations {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private static let seeds = [
        "GET /a?b=c HTTP/1.1\r\nHost: here\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 11\r\n\r\nhello world",
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n",
        "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;x=\"y;\\\"\"\r\na\r\n0\r\nT: v\r\nU: w\r\n\r\n",
        "POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close, x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nz",
        "DELETE http://a:80/b HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nUser-Agent: c/1 (d; e)\r\n\r\n",
    ]
    .map { Array($0.utf8) }

    private static let fragments = [
        "\r\n", "\n", "\r", " ", "\t", ":", ";", ",", "0", "1", "a", "F", "\"", "\\", "=", "\u{0}", "\u{7F}",
        "0\r\n\r\n", "1\r\nx\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "content-length:3\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n", "Host: b\r\n",
        "Connection: close\r\n",
        "Expect: 100-continue\r\n", "HTTP/1.1", "GET / HTTP/1.1\r\nHost: b\r\n\r\n", "00", "ffffffff",
    ]
    .map { Array($0.utf8) }

    /// Steele, Lea and Flood's SplitMix64.
    private mutating func random(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(bound))
    }

    mutating func next() -> [UInt8] {
        var request = Self.seeds[random(below: Self.seeds.count)]
        if random(below: 3) == 0 { request += Self.seeds[random(below: Self.seeds.count)] }
        for _ in 0..<random(below: 4) { mutate(&request) }
        // The forgiven empty line is no difference in framing, and Beast does not know it.
        while request.starts(with: [13, 10]) { request.removeFirst(2) }
        return request
    }

    /// A place to cut a message of this length in two.
    mutating func cut(_ length: Int) -> Int { random(below: length + 1) }

    private mutating func mutate(_ request: inout [UInt8]) {
        guard !request.isEmpty else { return }
        let place = random(below: request.count)
        switch random(below: 6) {
        case 0: request[place] = UInt8(random(below: 256))
        case 1: request.remove(at: place)
        case 2: request.removeSubrange(place..<min(request.count, place + 1 + random(below: 8)))
        case 3:
            let end = min(request.count, place + 1 + random(below: 24))
            request.insert(contentsOf: request[place..<end], at: random(below: request.count))
        default:
            request.insert(contentsOf: Self.fragments[random(below: Self.fragments.count)], at: place)
        }
    }
}
