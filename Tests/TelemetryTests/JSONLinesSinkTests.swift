import Dispatch
import FoundationEssentials
import Glibc
import Synchronization
import Telemetry
import TestSupport
import Testing

struct JSONLinesSinkTests {
    // 2026-11-20T13:05:09.042Z
    private static let moment = Duration.milliseconds(1_795_179_909_042)

    @Test func `a record becomes one line, in order`() throws {
        let lines = try LogPipe.lines { log in
            log.with(["service": "api"])
                .warning("job finished", ["attempt": 2, "fresh": true, "ms": .number(1.5)])
        }
        #expect(
            lines == [
                #"{"time":"2026-11-20T13:05:09.042Z","level":"warning","message":"job finished","#
                    + #""service":"api","attempt":2,"fresh":true,"ms":1.5}"#
            ]
        )
    }

    @Test(arguments: [
        (Duration.zero, "1970-01-01T00:00:00.000Z"),
        (.milliseconds(1_709_251_199_999), "2024-02-29T23:59:59.999Z"),
        (.milliseconds(951_782_400_000), "2000-02-29T00:00:00.000Z"),
        (.seconds(4_102_444_800) + .nanoseconds(999_999), "2100-01-01T00:00:00.000Z"),
    ])
    func `times are RFC 3339 in UTC`(time: Duration, text: String) throws {
        let lines = try LogPipe.lines(at: [time]) { $0.info("tick") }
        #expect(lines.first?.contains(#"{"time":"\#(text)","#) == true)
    }

    @Test func `the time moves on within a second and across it`() throws {
        let times = [999, 1_000, 1_001].map { Duration.milliseconds($0) }
        let lines = try LogPipe.lines(at: times) { log in
            for _ in 0..<3 { log.info("tick") }
        }
        #expect(lines.map { $0.prefix(33).suffix(8) } == [":00.999Z", ":01.000Z", ":01.001Z"])
    }

    @Test func `every character survives, and none of the dangerous ones is raw`() throws {
        var text = ""
        for value in 0..<0x3000 {
            if let scalar = Unicode.Scalar(UInt32(value)) { text.unicodeScalars.append(scalar) }
        }
        text += "🖼\u{FEFF}\u{10FFFF}"
        var characters = text.unicodeScalars.map(String.init)[...]
        while !characters.isEmpty {
            let piece = characters.prefix(100).joined()
            characters = characters.dropFirst(100)
            let line = try #require(try LogPipe.lines { $0.info("text", ["text": .text(piece)]) }.first)
            #expect(try Line(line).text == piece)
            #expect(!line.unicodeScalars.contains { Self.isDangerous($0) })
        }
    }

    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: scalar.properties.isBidiControl
        }
    }

    @Test func `a forged line stays inside its field`() throws {
        let forged = "x\"}\n{\"level\":\"error\",\"message\":\"\u{1B}[31mforged"
        let lines = try LogPipe.lines { $0.info("text", ["text": .text(forged)]) }
        #expect(lines.count == 1)
        #expect(try Line(try #require(lines.first)).text == forged)
    }

    @Test func `numbers without a JSON form become null`() throws {
        let lines = try LogPipe.lines { log in
            log.info(
                "numbers",
                ["a": .number(.infinity), "b": .number(.nan), "c": .number(1e-7), "d": .number(2e300)]
            )
        }
        #expect(lines.first?.hasSuffix(#""a":null,"b":null,"c":1e-07,"d":2e+300}"#) == true)
        _ = try Line(try #require(lines.first))
    }

    @Test func `a long value is cut at a character, with an ellipsis`() throws {
        let lines = try LogPipe.lines { log in
            log.info("text", ["text": .text(String(repeating: "é", count: 512))])
            log.info("text", ["text": .text("x" + String(repeating: "é", count: 512))])
            log.info("text", ["text": .text(String(repeating: "\u{1}", count: 100_000))])
        }
        #expect(try Line(lines[0]).text == String(repeating: "é", count: 512))
        #expect(try Line(lines[1]).text == "x" + String(repeating: "é", count: 511) + "…")
        #expect(try Line(lines[2]).text == String(repeating: "\u{1}", count: 170) + "…")
    }

    @Test func `fields that do not fit are left out, and the line says so`() throws {
        let long = LogValue.text(String(repeating: "a", count: 5_000))
        let lines = try LogPipe.lines { log in
            log.info("text", ["a": long, "b": long, "c": long, "d": long, "text": "last"])
        }
        let line = try #require(lines.first)
        #expect(line.utf8.count < 4_096)
        #expect(try Line(line).text == "last")
        #expect(try Line(line).cut == true)
        #expect(!line.contains("\"d\""))
    }

    @Test func `a name is written once, and the line's own names are kept`() throws {
        let lines = try LogPipe.lines { log in
            log.with(["text": "old"]).info("own", ["text": "new", "message": "mine", "time": 1])
        }
        #expect(lines.first?.hasSuffix(#""message":"own","text":"new","message_":"mine","time_":1}"#) == true)
    }

    @Test func `lines of many tasks never interleave`() async throws {
        let pipe = try LogPipe()
        async let text = pipe.readAll()
        let log = Log(sink: JSONLinesSink(descriptor: pipe.writeEnd, now: { Self.moment }))
        let value = LogValue.text(String(repeating: "a", count: 700))
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<50 {
                        log.info("text", ["text": value, "n": .integer(task * 50 + number)])
                    }
                }
            }
        }
        pipe.closeWriteEnd()
        let lines = await text.split(separator: "\n")
        // A reader that is slow on a busy machine may cost lines, but then the next one counts them.
        let numbers = try lines.map { try Line(String($0)) }
        #expect(Set(numbers.map(\.n)).count == lines.count)
        #expect(lines.count + numbers.compactMap(\.droppedLines).reduce(0, +) <= 400)
    }

    @Test func `a reader that stalls costs lines, not time, and the loss is counted`() throws {
        let pipe = try LogPipe()
        let log = Log(sink: JSONLinesSink(descriptor: pipe.writeEnd, now: { Self.moment }))
        let value = LogValue.text(String(repeating: "a", count: 1_000))
        for number in 0..<200 { log.info("text", ["text": value, "n": .integer(number)]) }
        let first = pipe.readAvailable().split(separator: "\n")
        log.info("text", ["n": 200])
        let next = try #require(pipe.readAvailable().split(separator: "\n").last)
        #expect(first.count < 200)
        #expect(try Line(String(next)).droppedLines == 200 - first.count)
        log.info("text", ["n": 201])
        #expect(try Line(pipe.readAvailable()).droppedLines == nil)
    }

    @Test func `a reader that went away, and a descriptor that is closed, are no error`() throws {
        let pipe = try LogPipe()
        let log = Log(sink: JSONLinesSink(descriptor: pipe.writeEnd))
        pipe.closeReadEnd()
        log.error("nobody reads")
        let closed = Log(sink: JSONLinesSink(descriptor: -1))
        closed.error("nobody reads")
    }

    @Test func `the system's time is now`() {
        let now = JSONLinesSink.systemTime()
        #expect(abs((now - .seconds(time(nil))).components.seconds) <= 1)
    }
}

/// A log line, read by a JSON parser.
private struct Line: Decodable {
    let time: String
    let level: String
    let message: String
    let text: String?
    let n: Int?
    let cut: Bool?
    let droppedLines: Int?

    enum CodingKeys: String, CodingKey {
        case time
        case level
        case message
        case text
        case n
        case cut
        case droppedLines = "dropped_lines"
    }

    init(_ line: String) throws { self = try JSONDecoder().decode(Line.self, from: Data(line.utf8)) }
}

/// A pipe to log into.
private final class LogPipe: Sendable {
    struct Failed: Error {}

    let readEnd: Int32
    let writeEnd: Int32
    private let open: Mutex<Set<Int32>>

    init() throws {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Failed() }
        for end in ends where fcntl(end, F_SETFD, FD_CLOEXEC) != 0 { throw Failed() }
        readEnd = ends[0]
        writeEnd = ends[1]
        open = Mutex([ends[0], ends[1]])
    }

    deinit {
        closeReadEnd()
        closeWriteEnd()
    }

    func closeReadEnd() { close(readEnd) }
    func closeWriteEnd() { close(writeEnd) }

    private func close(_ end: Int32) {
        if open.withLock({ $0.remove(end) }) != nil { _ = Glibc.close(end) }
    }

    /// Everything until the write end is closed, read on a thread that may block.
    func readAll() async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global()
                .async {
                    var all: [UInt8] = []
                    while let piece = self.readPiece() { all += piece }
                    continuation.resume(returning: String(decoding: all, as: UTF8.self))
                }
        }
    }

    /// What is in the pipe already.
    func readAvailable() -> String {
        var all: [UInt8] = []
        var entry = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        while unsafe poll(&entry, 1, 0) > 0, let piece = readPiece() { all += piece }
        return String(decoding: all, as: UTF8.self)
    }

    private func readPiece() -> [UInt8]? {
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, unsafe read(readEnd, buffer.baseAddress, buffer.count))
        }
        return piece.isEmpty ? nil : piece
    }

    /// The lines that `body` logs, few enough for the pipe to hold: one at each of these times, in turn.
    static func lines(
        at times: [Duration] = [.milliseconds(1_795_179_909_042)],
        _ body: (Log) -> Void
    ) throws -> [String] {
        let pipe = try LogPipe()
        let clock = Mutex(times[...])
        let sink = JSONLinesSink(descriptor: pipe.writeEnd) {
            clock.withLock { $0.count > 1 ? $0.removeFirst() : $0[$0.startIndex] }
        }
        body(Log(sink: sink))
        return pipe.readAvailable().split(separator: "\n").map(String.init)
    }
}
