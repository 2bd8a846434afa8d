import ImageJobs
import Lifetime
import LocalStores
import Synchronization
import Telemetry
import TestSupport
import Testing
import Worker

/// What one slow or failing neighbour must not do to the jobs beside it.
@Suite(.timeLimit(.minutes(1)))
struct WorkerPressureTests {
    /// Claims that the test holds up and watches.
    private final class GatedClaims: JobClaims {
        let claimGate = StopSignal()
        /// Given when a claim stands at its gate.
        let claimBegun = StopSignal()
        let settleGate = StopSignal()
        /// A job whose outcome the database refuses, with everything that comes with it.
        let refused = Mutex<JobID?>(nil)
        /// A job whose claim waits for the gate.
        let held = Mutex<JobID?>(nil)
        private let base: SQLiteJobStore
        private let (extendStream, extendPosts) = AsyncStream.makeStream(of: Set<Claim>.self)

        init(_ base: SQLiteJobStore) { self.base = base }

        /// Waits for the next heartbeat and returns what it extended.
        func extended() async -> Set<Claim> {
            for await claims in extendStream { return claims }
            return []
        }

        func claim(
            _ ids: [JobID],
            for worker: WorkerID,
            lease: Duration
        ) async throws(JobStoreError) -> [ClaimAnswer] {
            if let held = held.withLock({ $0 }), ids.contains(held) {
                claimBegun.trigger()
                await claimGate.wait()
            }
            return try await base.claim(ids, for: worker, lease: lease)
        }

        func extend(_ claims: [Claim], lease: Duration) async throws(JobStoreError) -> Set<Claim> {
            let held = try await base.extend(claims, lease: lease)
            extendPosts.yield(Set(claims))
            return held
        }

        func settle(_ outcomes: [Settlement]) async throws(JobStoreError) -> Set<Claim> {
            if let refused = refused.withLock({ $0 }) {
                await settleGate.wait()
                if outcomes.contains(where: { $0.claim.job == refused }) {
                    throw .rejected(reason: "scripted")
                }
            }
            return try await base.settle(outcomes)
        }
    }

    /// A queue whose deletions and visibility changes hang until the test lets them go.
    private final class GatedQueue: JobQueue {
        let acknowledgeGate: StopSignal
        let visibilityGate: StopSignal
        private let base: SQLiteJobQueue

        init(_ base: SQLiteJobQueue, acknowledge: StopSignal, visibility: StopSignal) {
            self.base = base
            acknowledgeGate = acknowledge
            visibilityGate = visibility
        }

        func send(_ jobs: [JobID]) async throws(JobQueueError) -> Set<JobID> { try await base.send(jobs) }

        func receive(
            limit: Int,
            wait: Duration,
            visibility: Duration
        ) async throws(JobQueueError) -> [Delivery] {
            try await base.receive(limit: limit, wait: wait, visibility: visibility)
        }

        func acknowledge(_ receipts: [ReceiptHandle]) async throws(JobQueueError) -> Set<ReceiptHandle> {
            await acknowledgeGate.wait()
            return try await base.acknowledge(receipts)
        }

        func changeVisibility(
            _ changes: [VisibilityChange]
        ) async throws(JobQueueError) -> Set<ReceiptHandle> {
            await visibilityGate.wait()
            return try await base.changeVisibility(changes)
        }

        func check() async throws(JobQueueError) { try await base.check() }
    }

    /// Runs the body with gated claims, and a queue that hangs until these signals are given.
    private func withGates(
        lease: Duration = .seconds(30),
        finishTime: Duration = .seconds(20),
        concurrency: Int = 2,
        acknowledging: StopSignal = .given,
        hiding: StopSignal = .given,
        _ body: (WorkerFixture, GatedClaims) async throws -> Void
    ) async throws {
        let claims = Mutex<GatedClaims?>(nil)
        try await WorkerFixture.with(
            .init(
                claims: { store in
                    let gated = GatedClaims(store)
                    claims.withLock { $0 = gated }
                    return gated
                },
                queue: { GatedQueue($0, acknowledge: acknowledging, visibility: hiding) },
                change: { settings in
                    settings.lease = lease
                    settings.finishTime = finishTime
                    settings.concurrency = concurrency
                }
            )
        ) { fixture in
            let gated = try #require(claims.withLock { $0 })
            defer {
                gated.claimGate.trigger()
                gated.settleGate.trigger()
                acknowledging.trigger()
                hiding.trigger()
            }
            try await body(fixture, gated)
        }
    }

    @Test func `a job claimed while time ran out is handed back unbegun`() async throws {
        try await withGates(finishTime: .milliseconds(20)) { fixture, claims in
            fixture.provider.script(.wait)
            let first = try await fixture.submit()[0]
            #expect(await fixture.provider.called() == first)
            let second = try await fixture.record()[0]
            claims.held.withLock { $0 = second }
            _ = try await fixture.folder.queue.send([second])
            await claims.claimBegun.wait()
            fixture.stop.trigger()
            // The first was interrupted, so whoever held a job at that moment has been told.
            #expect(await fixture.provider.cancelled() == first)
            claims.claimGate.trigger()
            #expect(
                try await fixture.job(second) { $0.fence.rawValue == 1 && $0.state == .pending }.attempt == 0
            )
            #expect(fixture.provider.calls == 1)
        }
    }

    @Test func `an outcome that the database refuses takes no other with it`() async throws {
        try await withGates(concurrency: 10) { fixture, claims in
            let ids = try await fixture.record(10)
            claims.refused.withLock { $0 = ids[9] }
            _ = try await fixture.folder.queue.send(ids)
            // While the first outcome is under way the others gather behind it.
            for id in ids {
                while try await fixture.folder.images.keys(of: id).isEmpty {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            claims.settleGate.trigger()
            for id in ids.dropLast() { #expect(try await fixture.terminal(id).attempt == 1) }
            while fixture.sink.records(saying: "outcome refused by the database").isEmpty {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(fixture.sink.records(saying: "outcome refused by the database").count == 1)
        }
    }

    @Test func `a queue that hangs holds up neither leases nor new jobs`() async throws {
        try await withGates(lease: .milliseconds(600), hiding: StopSignal()) { fixture, claims in
            fixture.clock.freeze()
            fixture.provider.script(.wait)
            let id = try await fixture.submit()[0]
            _ = await fixture.provider.called()
            // Each is one beat; the message's beats hang from the first on.
            for _ in 1...4 { #expect(await claims.extended().map(\.job) == [id]) }
        }
    }

    @Test func `a recorded job is not taken for lost while its message is deleted`() async throws {
        try await withGates(lease: .milliseconds(600), acknowledging: StopSignal()) { fixture, claims in
            fixture.clock.freeze()
            fixture.provider.script(.wait)
            let running = try await fixture.submit()[0]
            _ = await fixture.provider.called()
            let recorded = try await fixture.submit()[0]
            _ = try await fixture.terminal(recorded)
            _ = await claims.extended()
            for _ in 1...3 { #expect(await claims.extended().map(\.job).contains(running)) }
            #expect(fixture.sink.records(saying: "lease lost").isEmpty)
        }
    }

    @Test func `jobs of one poll start though another's message cannot be hidden`() async throws {
        try await withGates(hiding: StopSignal()) { fixture, _ in
            let taken = try await fixture.record()[0]
            _ = try await fixture.folder.jobs.claim(
                [taken],
                for: WorkerID(rawValue: "b"),
                lease: .seconds(99)
            )
            let free = try await fixture.record()[0]
            _ = try await fixture.folder.queue.send([taken, free])
            #expect(await fixture.provider.called() == free)
        }
    }
}

extension StopSignal {
    /// A gate that stands open.
    fileprivate static var given: StopSignal {
        let signal = StopSignal()
        signal.trigger()
        return signal
    }
}
