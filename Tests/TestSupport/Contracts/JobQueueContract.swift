package import ImageJobs
import Testing

/// What a caller may rely on from every `JobQueue`, one sentence each.
///
/// Run them all: `@Test(arguments: JobQueuePromise.allCases)`, then `contract.verify(promise)`.
package enum JobQueuePromise: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sentMessagesArrive =
        "a message that was accepted is received, with its job and a count of one or more"
    case emptyListsAreNoError = "empty lists are no error and accept nothing"
    case batchesMayBeLarge = "more than ten messages are sent, changed and acknowledged in one call"
    case sendingTwiceIsAccepted = "the same job may be sent again"
    case limitIsRespected = "a receive returns no more than its limit"
    case emptyPollWaits = "a poll of an empty queue returns nothing, and not before its wait is over"
    case zeroWaitReturns = "a poll with no wait returns soon"
    case pollWakesForMessage = "a waiting poll returns when a message arrives, before its wait is over"
    case inFlightIsHidden = "a received message stays hidden"
    case visibilityRunsOut = "a message comes back under a new receipt when its visibility runs out"
    case releaseShowsAtOnce = "visibility zero makes a message visible at once"
    case hidingLonger = "a message is hidden for the changed delay"
    case acknowledgedIsGone = "an acknowledged message does not come back"
    case acknowledgingTwice = "acknowledging twice is no error"
    case acknowledgingSome = "acknowledging one message leaves the others"
    case staleReceiptsAreHarmless = "a receipt of a deleted message is no error in any call"
    case receiversDoNotShare = "two receivers do not both get a message while it is hidden"
    case receiveCountGrows = "the receive count grows with each receive"
    case cancellingEndsPoll = "cancelling a poll throws cancelled"
    case checkReturns = "a working queue passes its check"

    package var testDescription: String { rawValue }
}

/// The promises of `JobQueue`, verified on whatever stands behind it.
///
/// They hold for queues that deliver at least once and in no order, so nothing here counts on one receive to
/// return everything.
package struct JobQueueContract<Queue: JobQueue>: Sendable {
    /// Makes a queue that is empty and that nobody else uses.
    let makeQueue: @Sendable () async throws -> Queue

    package init(makeQueue: @escaping @Sendable () async throws -> Queue) { self.makeQueue = makeQueue }

    /// Fails the current test when the queue breaks the promise.
    package func verify(_ promise: JobQueuePromise) async throws {
        let queue = try await makeQueue()
        switch promise {
        case .sentMessagesArrive: try await sentMessagesArrive(queue)
        case .emptyListsAreNoError: try await emptyListsAreNoError(queue)
        case .batchesMayBeLarge: try await batchesMayBeLarge(queue)
        case .sendingTwiceIsAccepted: try await sendingTwiceIsAccepted(queue)
        case .limitIsRespected: try await limitIsRespected(queue)
        case .emptyPollWaits: try await emptyPollWaits(queue)
        case .zeroWaitReturns: try await zeroWaitReturns(queue)
        case .pollWakesForMessage: try await pollWakesForMessage(queue)
        case .inFlightIsHidden: try await inFlightIsHidden(queue)
        case .visibilityRunsOut: try await visibilityRunsOut(queue)
        case .releaseShowsAtOnce: try await releaseShowsAtOnce(queue)
        case .hidingLonger: try await hidingLonger(queue)
        case .acknowledgedIsGone: try await acknowledgedIsGone(queue)
        case .acknowledgingTwice: try await acknowledgingTwice(queue)
        case .acknowledgingSome: try await acknowledgingSome(queue)
        case .staleReceiptsAreHarmless: try await staleReceiptsAreHarmless(queue)
        case .receiversDoNotShare: try await receiversDoNotShare(queue)
        case .receiveCountGrows: try await receiveCountGrows(queue)
        case .cancellingEndsPoll: try await cancellingEndsPoll(queue)
        case .checkReturns: try await queue.check()
        }
    }
}

extension JobQueueContract {
    /// Longer than any test runs: what is hidden for this long stays hidden.
    var long: Duration { .seconds(300) }

    func makeJobs(_ count: Int) -> [JobID] {
        (0..<count)
            .map { _ in
                JobID(
                    millisecondsSinceEpoch: 1_790_000_000_000,
                    random: (.random(in: .min ... .max), .random(in: .min ... .max))
                )
            }
    }

    /// Sends the jobs and expects every one to be accepted.
    func send(_ jobs: [JobID], to queue: Queue) async throws {
        let accepted = try await queue.send(jobs)
        try #require(accepted == Set(jobs))
    }

    /// Receives until `count` different jobs came, each hidden for `visibility`, or until the queue stays silent.
    func receive(
        _ count: Int,
        from queue: Queue,
        visibility: Duration = .seconds(300)
    ) async throws -> [Delivery] {
        var deliveries: [Delivery] = []
        var silentPolls = 0
        while Set(deliveries.compactMap(\.job)).count < count, silentPolls < 5 {
            let received = try await queue.receive(limit: 10, wait: .seconds(1), visibility: visibility)
            silentPolls = received.isEmpty ? silentPolls + 1 : 0
            deliveries += received
        }
        return deliveries
    }

    /// Receives the one message that is there.
    func receiveOne(from queue: Queue, visibility: Duration = .seconds(300)) async throws -> Delivery {
        try #require(await receive(1, from: queue, visibility: visibility).first)
    }

    /// Expects that nothing is visible for two seconds.
    func expectSilence(of queue: Queue) async throws {
        let received = try await queue.receive(limit: 10, wait: .seconds(2), visibility: long)
        #expect(received.isEmpty)
    }
}

extension Delivery {
    /// The job, or nil when the message could not be read.
    var job: JobID? {
        if case .job(let id) = content { id } else { nil }
    }
}
