/// Writes structured records, one JSON object a line.
///
/// Messages are constants; facts go into fields. No prompt, key, secret or signed URL is ever a field.
package struct Log: Sendable {
    /// How much a record matters, and to whom.
    package enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug
        case info
        case warning
        case error

        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private let sink: any LogSink
    private let minimum: Level
    private let context: [LogField]

    package init(sink: any LogSink, minimum: Level = .info, context: [LogField] = []) {
        self.sink = sink
        self.minimum = minimum
        self.context = context
    }

    /// A log that writes nothing, for callers that were given none.
    package static let silent = Log(sink: SilentSink(), minimum: .error)

    /// The same log with fields that every record carries.
    package func with(_ fields: KeyValuePairs<String, LogValue>) -> Log {
        Log(
            sink: sink,
            minimum: minimum,
            context: context + fields.map { LogField(name: $0.key, value: $0.value) }
        )
    }

    /// For us, while developing.
    package func debug(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.debug, message, fields)
    }

    /// Once per request or job.
    package func info(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.info, message, fields)
    }

    /// Degraded, and handled.
    package func warning(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.warning, message, fields)
    }

    /// Someone must act.
    package func error(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.error, message, fields)
    }

    private func write(_ level: Level, _ message: StaticString, _ fields: KeyValuePairs<String, LogValue>) {
        guard level >= minimum else { return }
        let own = fields.map { LogField(name: $0.key, value: $0.value) }
        sink.write(LogRecord(level: level, message: message.description, fields: context + own))
    }
}

/// One named fact of a record.
package struct LogField: Sendable, Equatable {
    package let name: String
    package let value: LogValue

    package init(name: String, value: LogValue) {
        self.name = name
        self.value = value
    }
}

/// A fact that may be logged.
package enum LogValue: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)

    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }

    /// Anything whose `description` is safe to print: identifiers and our own errors.
    package static func describing(_ value: some CustomStringConvertible) -> LogValue {
        .text(value.description)
    }

    /// A time span in milliseconds, with three decimals.
    package static func milliseconds(_ duration: Duration) -> LogValue {
        let (seconds, attoseconds) = duration.components
        let microseconds = Double(seconds) * 1_000_000 + Double(attoseconds) / 1_000_000_000_000
        return .number(microseconds.rounded() / 1_000)
    }
}

/// One record, before it is written.
package struct LogRecord: Sendable, Equatable {
    package let level: Log.Level
    package let message: String
    package let fields: [LogField]
}

/// Where records go.
///
/// Must not block for long and must not throw: a log that fails never fails the work.
package protocol LogSink: Sendable {
    func write(_ record: LogRecord)
}

struct SilentSink: LogSink {
    func write(_ record: LogRecord) {}
}
