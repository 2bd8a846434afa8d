import Synchronization
package import Telemetry

/// Keeps what was logged, for tests to look at.
package final class RecordingSink: LogSink {
    private let kept = Mutex<[LogRecord]>([])

    /// A sink that has seen nothing yet.
    package init() {}

    package func write(_ record: LogRecord) { kept.withLock { $0.append(record) } }

    /// Everything that was logged so far, oldest first.
    package var records: [LogRecord] { kept.withLock { $0 } }

    /// The records with this message, oldest first.
    package func records(saying message: String) -> [LogRecord] { records.filter { $0.message == message } }

    /// Everything that was logged, as text: for proving what must never be in it.
    package var text: String {
        records.map { "\($0.level) \($0.message) \($0.fields)" }.joined(separator: "\n")
    }
}

extension LogRecord {
    /// The value of the last field with this name.
    package subscript(name: String) -> LogValue? { fields.last { $0.name == name }?.value }
}
