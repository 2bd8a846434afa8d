import AWSClient
import Synchronization

/// A provider whose every answer a test gives by hand, and that says when it is asked.
final class HeldProvider: AWSCredentialProvider {
    typealias Outcome = Result<AWSCredentials?, AWSCredentialsError>

    let name = "held"
    private let asked: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)
    private let answers: (stream: AsyncStream<Outcome>, continuation: AsyncStream<Outcome>.Continuation)
    private let calls = Mutex(0)

    init() {
        asked = AsyncStream.makeStream()
        answers = AsyncStream.makeStream()
    }

    /// How often it was asked so far.
    var count: Int { calls.withLock { $0 } }

    /// Returns when it has been asked once more.
    func isAsked() async {
        for await _ in asked.stream { return }
    }

    /// Answers the call under way, or else the next one.
    func answer(_ outcome: Outcome) { answers.continuation.yield(outcome) }

    func load() async throws(AWSCredentialsError) -> AWSCredentials? {
        calls.withLock { $0 += 1 }
        asked.continuation.yield()
        for await outcome in answers.stream { return try outcome.get() }
        // The stream ends for a task that is cancelled.
        throw .cancelled
    }
}
