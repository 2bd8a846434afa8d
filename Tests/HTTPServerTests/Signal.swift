/// Something that happens once and can be awaited, also by those who come late.
final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func send() { continuation.finish() }

    /// Returns when the signal was sent, or when the task is cancelled.
    func wait() async {
        for await _ in stream {}
    }
}
