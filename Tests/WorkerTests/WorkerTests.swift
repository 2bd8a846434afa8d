import ImageJobs
import Lifetime
import LocalStores
import Synchronization
import Telemetry
import TestSupport
import Testing
import Worker

@Suite(.timeLimit(.minutes(5)))
struct WorkerTests {
    @Test func `a job is made, stored, recorded, and its message deleted`() async throws {
        try await WorkerFixture.with { fixture in
            let id = try await fixture.submit()[0]
            let job = try await fixture.terminal(id)
            guard case .completed(_, _, let images) = job.state else {
                Issue.record("ended as \(job.state)")
                return
            }
            let image = try #require(images.first)
            let bytes = Array("job 0 0".utf8)
            #expect(images.count == 1)
            #expect(image.key.path == "images/\(id)/1/result.png")
            #expect(image.url == "http://images.test/\(image.key)")
            #expect(image.byteCount == bytes.count)
            #expect(image.sha256 == ReferenceSHA256.hexadecimal(of: bytes))
            #expect(try await fixture.folder.images.get(image.key) == bytes)
            #expect(job.attempt == 1)
            try await eventually { try await fixture.queueIsEmpty() }
            try await eventually { !fixture.sink.records(saying: "job attempt ended").isEmpty }
            let lines = fixture.sink.records(saying: "job attempt ended")
            #expect(lines.count == 1)
            #expect(lines.first?["outcome"] == .text("completed"))
            #expect(!fixture.sink.text.contains("job 0"))
        }
    }

    @Test func `several images keep their order`() async throws {
        try await WorkerFixture.with { fixture in
            let id = try await fixture.submit(images: 3)[0]
            guard case .completed(_, _, let images) = try await fixture.terminal(id).state else { return }
            #expect(images.map(\.key.path) == ["result", "2", "3"].map { "images/\(id)/1/\($0).png" })
            let last = try #require(images.last)
            #expect(try await fixture.folder.images.get(last.key) == Array("job 0 2".utf8))
        }
    }

    @Test func `only as many messages are received as there are free slots`() async throws {
        try await WorkerFixture.with { fixture in
            fixture.provider.script(.wait, .wait)
            let ids = try await fixture.submit(5)
            _ = await fixture.provider.called()
            _ = await fixture.provider.called()
            let counts = try await fixture.folder.queue.counts()
            #expect(counts.inFlight == 2 && counts.visible == 3)
            #expect(fixture.provider.calls == 2)
            fixture.provider.releaseAll()
            for id in ids { #expect(try await fixture.terminal(id).state.status == .completed) }
        }
    }

    @Test func `a passing failure is retried, and the attempt counts`() async throws {
        try await WorkerFixture.with { fixture in
            fixture.provider.script(.fail(.transient(reason: "scripted")))
            let id = try await fixture.submit()[0]
            let job = try await fixture.terminal(id)
            #expect(job.state.status == .completed)
            #expect(job.attempt == 2)
            #expect(job.fence == Fence(rawValue: 2))
            #expect(fixture.provider.calls == 2)
        }
    }

    @Test func `refused content fails at once and is never tried again`() async throws {
        try await WorkerFixture.with { fixture in
            fixture.provider.script(.fail(.moderated(reason: "scripted")))
            let id = try await fixture.submit()[0]
            guard case .failed(_, _, let failure) = try await fixture.terminal(id).state else {
                Issue.record("must fail")
                return
            }
            #expect(failure.code == .contentModerated)
            try await eventually { try await fixture.queueIsEmpty() }
            #expect(fixture.provider.calls == 1)
        }
    }

    @Test(arguments: [
        [GeneratedImage(bytes: Array("broken".utf8))], [],
        [GeneratedImage(bytes: [1]), GeneratedImage(bytes: [2])],
    ])
    func `what is no image, or not the number asked for, is never stored`(
        _ images: [GeneratedImage]
    ) async throws {
        try await WorkerFixture.with { fixture in
            fixture.provider.script(.deliver(images), .deliver(images), .deliver(images))
            let id = try await fixture.submit()[0]
            guard case .failed(_, _, let failure) = try await fixture.terminal(id).state else {
                Issue.record("must fail")
                return
            }
            #expect(failure.code == .providerUnavailable)
            #expect(try await fixture.folder.images.keys(of: id).isEmpty)
        }
    }

    @Test func `a message that comes twice makes one image`() async throws {
        try await WorkerFixture.with { fixture in
            fixture.provider.script(.wait)
            let id = try await fixture.submit()[0]
            _ = await fixture.provider.called()
            _ = try await fixture.folder.queue.send([id])
            try await eventually { try await fixture.folder.queue.counts().inFlight >= 2 }
            fixture.provider.releaseAll()
            #expect(try await fixture.terminal(id).state.status == .completed)
            // Hidden until the lease would have ended; then it finds a finished job.
            fixture.clock.advance(by: .seconds(60))
            try await eventually { try await fixture.queueIsEmpty() }
            #expect(fixture.provider.calls == 1)
        }
    }

    @Test func `messages nobody can use are left for the dead-letter queue`() async throws {
        try await WorkerFixture.with { fixture in
            _ = try await fixture.folder.queue.send([JobID(high: 1, low: 2)])
            try await fixture.folder.queue.send(bodies: ["not a job"])
            while fixture.sink.records(saying: "unreadable message").isEmpty
                || fixture.sink.records(saying: "message for an unknown job").isEmpty
            {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try await fixture.folder.queue.counts().inFlight == 2)
            #expect(fixture.provider.calls == 0)
        }
    }

    @Test func `a job whose workers all died fails without another call`() async throws {
        try await WorkerFixture.with { fixture in
            let request = ImageRequest(
                prompt: try Prompt("x"),
                model: "mock",
                size: PixelSize(width: 64, height: 64)
            )
            let id = JobID(high: 5, low: 6)
            _ = try await fixture.folder.jobs.insert([
                NewJob(id: id, owner: OwnerID(rawValue: "o"), request: request)
            ])
            for _ in 1...3 {
                let answer = try await fixture.folder.jobs.claim(
                    [id],
                    for: WorkerID(rawValue: "dead"),
                    lease: .zero
                )
                #expect(answer.count == 1)
            }
            _ = try await fixture.folder.queue.send([id])
            guard case .failed(_, _, let failure) = try await fixture.terminal(id).state else {
                Issue.record("must fail")
                return
            }
            #expect(failure.code == .workerLost)
            #expect(fixture.provider.calls == 0)
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct WorkerLeaseTests {
    @Test func `a lost lease cancels the generation and changes nothing`() async throws {
        try await WorkerFixture.with(.init(change: { $0.lease = .milliseconds(600) })) { fixture in
            fixture.provider.script(.wait)
            let id = try await fixture.submit()[0]
            _ = await fixture.provider.called()
            fixture.clock.advance(by: .seconds(3_600))
            // Between two heartbeats another worker takes the job; the next one finds out.
            let answers = try await fixture.folder.jobs.claim(
                [id],
                for: WorkerID(rawValue: "b"),
                lease: .seconds(9_999)
            )
            guard case .claimed(let taken) = answers.first else {
                Issue.record("got \(answers)")
                return
            }
            #expect(await fixture.provider.cancelled() == id)
            try await eventually {
                !fixture.sink.records(saying: "outcome discarded: the lease was lost").isEmpty
            }
            #expect(try await fixture.folder.jobs.find(id) == taken)
        }
    }

    @Test func `heartbeats keep lease and message while the provider works`() async throws {
        try await WorkerFixture.with(.init(change: { $0.lease = .seconds(3) })) { fixture in
            // The stores' time stands still between the steps, so that a busy machine cannot end the lease.
            fixture.clock.freeze()
            fixture.provider.script(.wait)
            let id = try await fixture.submit()[0]
            _ = await fixture.provider.called()
            for _ in 1...3 {
                fixture.clock.advance(by: .seconds(2))
                var remaining = Duration.zero
                while remaining < .milliseconds(2_500) {
                    let other = WorkerID(rawValue: "b")
                    let answers = try await fixture.folder.jobs.claim([id], for: other, lease: .seconds(9))
                    guard case .notYet(let span) = answers.first else {
                        Issue.record("the lease ended: \(answers)")
                        return
                    }
                    remaining = span
                    try await Task.sleep(for: .milliseconds(20))
                }
                try await eventually { try await fixture.folder.queue.counts().visible == 0 }
            }
            fixture.provider.releaseAll()
            #expect(try await fixture.terminal(id).attempt == 1)
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct WorkerStopTests {
    @Test func `a running job is finished after the signal`() async throws {
        try await WorkerFixture.with { fixture in
            fixture.provider.script(.wait)
            let id = try await fixture.submit()[0]
            _ = await fixture.provider.called()
            fixture.stop.trigger()
            fixture.provider.releaseAll()
            #expect(try await fixture.terminal(id).state.status == .completed)
            try await eventually { try await fixture.queueIsEmpty() }
        }
    }

    @Test func `what cannot be finished in time is handed back at no cost`() async throws {
        try await WorkerFixture.with(.init(change: { $0.finishTime = .milliseconds(20) })) { fixture in
            fixture.provider.script(.wait)
            let id = try await fixture.submit()[0]
            _ = await fixture.provider.called()
            fixture.stop.trigger()
            #expect(await fixture.provider.cancelled() == id)
            let job = try await fixture.job(id) { $0.state == .pending }
            #expect(job.attempt == 0)
            try await eventually { try await fixture.folder.queue.counts().visible >= 1 }
            #expect(try await fixture.folder.images.keys(of: id).isEmpty)
        }
    }

    @Test func `nothing is received after the signal`() async throws {
        try await WorkerFixture.with { fixture in
            fixture.stop.trigger()
            try await eventually { !fixture.sink.records(saying: "worker stopped receiving").isEmpty }
            _ = try await fixture.submit()
            #expect(try await fixture.folder.queue.counts().visible == 1)
            #expect(fixture.provider.calls == 0)
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct WorkerFaultTests {
    /// Claims that fail as often as told, then work.
    private final class FaultyClaims: JobClaims {
        private let base: SQLiteJobStore
        private let claimFaults: Mutex<Int>
        private let settleFaults: Mutex<[JobStoreError]>

        init(_ base: SQLiteJobStore, claims: Int = 0, settles: [JobStoreError] = []) {
            self.base = base
            claimFaults = Mutex(claims)
            settleFaults = Mutex(settles)
        }

        func claim(
            _ ids: [JobID],
            for worker: WorkerID,
            lease: Duration
        ) async throws(JobStoreError) -> [ClaimAnswer] {
            let fails = claimFaults.withLock { left in
                left -= 1
                return left >= 0
            }
            if fails { throw .unavailable(reason: "scripted") }
            return try await base.claim(ids, for: worker, lease: lease)
        }

        func extend(_ claims: [Claim], lease: Duration) async throws(JobStoreError) -> Set<Claim> {
            try await base.extend(claims, lease: lease)
        }

        func settle(_ outcomes: [Settlement]) async throws(JobStoreError) -> Set<Claim> {
            let fault = settleFaults.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            // An answer that is lost after it took effect.
            if case .outcomeUnknown = fault { _ = try await base.settle(outcomes) }
            if let fault { throw fault }
            return try await base.settle(outcomes)
        }
    }

    private func quick(_ settings: inout WorkerSettings) {
        settings.pause = .milliseconds(5)
        settings.maximumPause = .milliseconds(20)
    }

    @Test func `the longer the database cannot claim, the longer the pauses`() async throws {
        let change = { (settings: inout WorkerSettings) in
            quick(&settings)
            // An empty poll in between would be a success.
            settings.pollWait = .seconds(2)
        }
        let options = WorkerFixture.Options(claims: { FaultyClaims($0, claims: 4) }, change: change)
        try await WorkerFixture.with(options) { fixture in
            let id = try await fixture.submit()[0]
            _ = try await fixture.terminal(id)
            let pauses = fixture.sink.records(saying: "receiving failed").map { $0["pause_ms"] }
            #expect(pauses == [3.75, 7.5, 15, 15].map { .number($0) })
        }
    }

    @Test func `a database that cannot claim loses no message`() async throws {
        try await WorkerFixture.with(.init(claims: { FaultyClaims($0, claims: 3) }, change: quick)) {
            fixture in
            let id = try await fixture.submit()[0]
            #expect(try await fixture.terminal(id).state.status == .completed)
            #expect(fixture.provider.calls == 1)
        }
    }

    @Test(arguments: [JobStoreError.unavailable(reason: "scripted"), .outcomeUnknown(reason: "scripted")])
    func `an outcome is offered again, so nobody pays twice`(_ fault: JobStoreError) async throws {
        try await WorkerFixture.with(
            .init(claims: { FaultyClaims($0, settles: [fault, fault]) }, change: quick)
        ) {
            fixture in
            let id = try await fixture.submit()[0]
            #expect(try await fixture.terminal(id).state.status == .completed)
            try await eventually { try await fixture.queueIsEmpty() }
            #expect(fixture.provider.calls == 1)
        }
    }
}
