import ImageJobs
import LocalStores
import SQLite
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct SQLiteJobQueueTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private var path: String { folder.file("queue.sqlite") }

    @Test(arguments: JobQueuePromise.allCases)
    func `the queue keeps its promise:`(_ promise: JobQueuePromise) async throws {
        let path = path
        try await JobQueueContract { try await SQLiteJobQueue.open(path: path) }.verify(promise)
    }

    @Test func `a poll that waits wakes at once when a message is sent`() async throws {
        let queue = try await SQLiteJobQueue.open(path: path)
        let job = SampleJobs.id()
        let start = ContinuousClock.now
        async let polled = queue.receive(limit: 1, wait: .seconds(20), visibility: .seconds(30))
        _ = try await queue.send([job])
        #expect(try await polled.map(\.content) == [.job(job)])
        // Else it would have waited to its end.
        #expect(start.duration(to: .now) < .seconds(20))
    }

    @Test func `a poll that waits wakes at once when a message is released`() async throws {
        let queue = try await SQLiteJobQueue.open(path: path)
        _ = try await queue.send([SampleJobs.id()])
        let first = try #require(
            try await queue.receive(limit: 1, wait: .zero, visibility: .seconds(300)).first
        )
        let start = ContinuousClock.now
        async let polled = queue.receive(limit: 1, wait: .seconds(20), visibility: .seconds(30))
        _ = try await queue.changeVisibility([VisibilityChange(receipt: first.receipt, delay: .zero)])
        #expect(try await polled.count == 1)
        // Else it would have waited to its end.
        #expect(start.duration(to: .now) < .seconds(20))
    }

    @Test func `one message wakes many polls and is given to one`() async throws {
        let queue = try await SQLiteJobQueue.open(path: path)
        async let sent = queue.send([SampleJobs.id()])
        let received = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    try await queue.receive(limit: 10, wait: .seconds(1), visibility: .seconds(300)).count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(try await sent.count == 1)
        #expect(received == 1)
    }

    @Test func `a message that is never acknowledged dies and makes room for others`() async throws {
        let clock = FakeClock()
        let queue = try await SQLiteJobQueue.open(path: path, now: clock.now)
        try await queue.send(bodies: ["not a job"])
        for count in 1...SQLiteJobQueue.maxReceiveCount {
            let delivery = try #require(
                try await queue.receive(limit: 1, wait: .zero, visibility: .zero).first
            )
            #expect(delivery.content == .unreadable)
            #expect(delivery.receiveCount == count)
        }
        let job = SampleJobs.id()
        clock.advance(by: .seconds(1))
        _ = try await queue.send([job])
        let received = try await queue.receive(limit: 1, wait: .zero, visibility: .seconds(30))
        #expect(received.map(\.content) == [.job(job)])
        let counts = try await queue.counts()
        #expect((counts.visible, counts.inFlight, counts.dead) == (0, 1, 1))
    }

    @Test(arguments: [
        "", "'; DROP TABLE messages; --", "{\"jobId\":1}", "0190F3B1-0000-7000-8000-000000000000",
    ])
    func `a message that is not ours is unreadable`(_ body: String) async throws {
        let queue = try await SQLiteJobQueue.open(path: path)
        try await queue.send(bodies: [body])
        let received = try await queue.receive(limit: 1, wait: .zero, visibility: .seconds(30))
        #expect(received.map(\.content) == [.unreadable])
    }

    @Test func `an old receipt leaves the message to its new receiver`() async throws {
        let clock = FakeClock()
        let queue = try await SQLiteJobQueue.open(path: path, now: clock.now)
        _ = try await queue.send([SampleJobs.id()])
        let old = try #require(try await queue.receive(limit: 1, wait: .zero, visibility: .seconds(30)).first)
        clock.advance(by: .seconds(31))
        let new = try #require(try await queue.receive(limit: 1, wait: .zero, visibility: .seconds(30)).first)

        #expect(try await queue.acknowledge([old.receipt]).isEmpty)
        #expect(try await queue.changeVisibility([.init(receipt: old.receipt, delay: .zero)]).isEmpty)
        #expect(try await queue.counts().inFlight == 1)
        #expect(try await queue.acknowledge([new.receipt]) == [new.receipt])
        #expect(try await queue.counts().inFlight == 0)
    }

    @Test func `a receipt never names a later message`() async throws {
        let queue = try await SQLiteJobQueue.open(path: path)
        var receipts: Set<ReceiptHandle> = []
        for _ in 0..<5 {
            _ = try await queue.send([SampleJobs.id()])
            let delivery = try #require(
                try await queue.receive(limit: 1, wait: .zero, visibility: .seconds(9)).first
            )
            #expect(receipts.insert(delivery.receipt).inserted)
            _ = try await queue.acknowledge([delivery.receipt])
        }
    }

    @Test(arguments: ["", "1", "1.1.1", "a.b", "01.1", "1.1 ", "-1", "1.99999999999999999999", "'; --"])
    func `text that is no receipt is not accepted`(_ text: String) async throws {
        let queue = try await SQLiteJobQueue.open(path: path)
        _ = try await queue.send([SampleJobs.id()])
        _ = try await queue.receive(limit: 1, wait: .zero, visibility: .seconds(900))
        let receipt = ReceiptHandle(rawValue: text)
        #expect(try await queue.acknowledge([receipt]).isEmpty)
        #expect(try await queue.changeVisibility([.init(receipt: receipt, delay: .zero)]).isEmpty)
        #expect(try await queue.counts().inFlight == 1)
    }

    @Test func `messages are there after closing and opening, those in flight hidden`() async throws {
        let clock = FakeClock()
        let queue = try await SQLiteJobQueue.open(path: path, now: clock.now)
        _ = try await queue.send([SampleJobs.id(), SampleJobs.id()])
        let delivery = try #require(
            try await queue.receive(limit: 1, wait: .zero, visibility: .seconds(30)).first
        )
        try await queue.close()
        await #expect(throws: JobQueueError.unavailable(reason: "the database is closed")) {
            try await queue.check()
        }

        let reopened = try await SQLiteJobQueue.open(path: path, now: clock.now)
        let counts = try await reopened.counts()
        #expect((counts.visible, counts.inFlight, counts.dead) == (1, 1, 0))
        #expect(try await reopened.acknowledge([delivery.receipt]) == [delivery.receipt])
    }

    @Test func `a full disk is unavailable, and messages can still be taken away`() async throws {
        let queue = try await SQLiteJobQueue.open(
            path: path,
            settings: .init(durability: .normal, pageLimit: 12)
        )
        let error = await #expect(throws: JobQueueError.self) {
            for _ in 0..<1000 { _ = try await queue.send((0..<10).map { _ in SampleJobs.id() }) }
        }
        guard case .unavailable = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        let delivery = try #require(try await queue.receive(limit: 1, wait: .zero, visibility: .zero).first)
        #expect(try await queue.acknowledge([delivery.receipt]) == [delivery.receipt])
    }

    @Test func `a clock that stands still does not keep a poll from its end`() async throws {
        let clock = FakeClock()
        let queue = try await SQLiteJobQueue.open(path: path, now: clock.now)
        _ = try await queue.send([SampleJobs.id()])
        _ = try await queue.receive(limit: 1, wait: .zero, visibility: .milliseconds(1))
        let received = try await queue.receive(limit: 1, wait: .milliseconds(50), visibility: .seconds(9))
        #expect(received.isEmpty)
    }
}
