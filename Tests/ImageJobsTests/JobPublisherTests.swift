import ImageJobs
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)))
struct JobPublisherTests {
    /// A queue and an outbox that note what they are told, and fail when told to.
    private final class Notebook: JobQueue, JobOutbox {
        struct State {
            var sent: [JobID] = []
            var published: [JobID] = []
            var refused: Set<JobID> = []
            var queueFault: JobQueueError?
            var outboxFault: JobStoreError?
        }

        let state = Mutex(State())

        func send(_ jobs: [JobID]) async throws(JobQueueError) -> Set<JobID> {
            let (fault, refused) = state.withLock { ($0.queueFault, $0.refused) }
            if let fault { throw fault }
            state.withLock { $0.sent += jobs }
            return Set(jobs).subtracting(refused)
        }

        func markPublished(_ ids: [JobID]) async throws(JobStoreError) {
            if let fault = state.withLock({ $0.outboxFault }) { throw fault }
            state.withLock { $0.published += ids }
        }

        func receive(
            limit: Int,
            wait: Duration,
            visibility: Duration
        ) async throws(JobQueueError) -> [Delivery] { [] }
        func acknowledge(_ receipts: [ReceiptHandle]) async throws(JobQueueError) -> Set<ReceiptHandle> { [] }
        func changeVisibility(_ changes: [VisibilityChange]) async throws(JobQueueError) -> Set<ReceiptHandle>
        { [] }
        func check() async throws(JobQueueError) {}
        func unpublished(olderThan age: Duration, limit: Int) async throws(JobStoreError) -> [JobID] { [] }
        func stranded(silentFor age: Duration, limit: Int) async throws(JobStoreError) -> [JobID] { [] }
    }

    private let ids = (0..<250).map { JobID(high: 1, low: $0) }

    @Test func `everything asked for is sent and noted before closing ends`() async {
        let notebook = Notebook()
        let publisher = JobPublisher(queue: notebook, outbox: notebook)
        for id in ids { publisher.publish(id) }
        publisher.close()
        await publisher.run()
        #expect(notebook.state.withLock { $0.sent } == ids)
        #expect(notebook.state.withLock { $0.published } == ids)
    }

    @Test func `what the queue refused is not noted as published`() async {
        let notebook = Notebook()
        notebook.state.withLock { $0.refused = [ids[1]] }
        let reports = Mutex<[JobPublisher.Report]>([])
        let publisher = JobPublisher(queue: notebook, outbox: notebook) { report in
            reports.withLock { $0.append(report) }
        }
        #expect(await publisher.send(Array(ids.prefix(3))) == 2)
        #expect(notebook.state.withLock { $0.published } == [ids[0], ids[2]])
        #expect(reports.withLock { $0 } == [.refused(1), .sent(2)])
    }

    @Test func `a queue that is away costs nothing but a report`() async {
        let notebook = Notebook()
        notebook.state.withLock { $0.queueFault = .unavailable(reason: "scripted") }
        let reports = Mutex<[JobPublisher.Report]>([])
        let publisher = JobPublisher(queue: notebook, outbox: notebook) { report in
            reports.withLock { $0.append(report) }
        }
        #expect(await publisher.send([ids[0]]) == 0)
        #expect(notebook.state.withLock { $0.published }.isEmpty)
        #expect(reports.withLock { $0 } == [.queueFailed(.unavailable(reason: "scripted"))])
    }

    @Test func `more than fits is left to the relay`() async {
        let notebook = Notebook()
        let publisher = JobPublisher(queue: notebook, outbox: notebook, capacity: 2)
        for id in ids.prefix(5) { publisher.publish(id) }
        publisher.close()
        await publisher.run()
        #expect(notebook.state.withLock { $0.sent } == Array(ids.prefix(2)))
    }
}
