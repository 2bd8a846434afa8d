import Telemetry
import TestSupport
import Testing

struct LogTests {
    private let sink = RecordingSink()

    @Test func `records below the minimum are not written`() {
        let log = Log(sink: sink, minimum: .warning)
        log.debug("a")
        log.info("b")
        log.warning("c")
        log.error("d")
        #expect(sink.records.map(\.message) == ["c", "d"])
        #expect(sink.records.map(\.level) == [.warning, .error])
    }

    @Test func `the context comes before a record's own fields`() {
        Log(sink: sink).with(["a": 1]).with(["b": "two"]).info("text", ["c": true])
        #expect(
            sink.records.first?.fields == [
                LogField(name: "a", value: 1), LogField(name: "b", value: "two"),
                LogField(name: "c", value: true),
            ]
        )
        #expect(sink.records(saying: "text").first?["b"] == "two")
    }

    @Test func `durations are milliseconds with three decimals`() {
        #expect(LogValue.milliseconds(.nanoseconds(1_234_567)) == .number(1.235))
        #expect(LogValue.milliseconds(.seconds(90)) == .number(90_000))
    }

    @Test func `anything that describes itself can be a value`() { #expect(LogValue.describing(42) == "42") }

    @Test func `the silent log accepts everything`() { Log.silent.error("nobody hears") }
}
