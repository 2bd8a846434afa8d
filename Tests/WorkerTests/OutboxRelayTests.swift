import ImageJobs
import Lifetime
import LocalStores
import Telemetry
import TestSupport
import Testing
import Worker

@Suite(.timeLimit(.minutes(5)))
struct OutboxRelayTests {
    private func relay(_ fixture: WorkerFixture) -> OutboxRelay {
        OutboxRelay(
            outbox: fixture.folder.jobs,
            publisher: JobPublisher(queue: fixture.folder.queue, outbox: fixture.folder.jobs),
            settings: OutboxRelay.Settings(unpublishedAge: .seconds(10), strandedAge: .seconds(900)),
            log: Log(sink: fixture.sink)
        )
    }

    private func insert(_ fixture: WorkerFixture) async throws -> JobID {
        let request = ImageRequest(
            prompt: try Prompt("x"),
            model: "mock",
            size: PixelSize(width: 64, height: 64)
        )
        let job = NewJob(id: JobID(high: 7, low: 8), owner: OwnerID(rawValue: "o"), request: request)
        return try await fixture.folder.jobs.insert([job])[0].id
    }

    @Test func `a job whose message was never sent is sent, once it is old enough`() async throws {
        try await WorkerFixture.with { fixture in
            let id = try await insert(fixture)
            await relay(fixture).look()
            #expect(fixture.provider.calls == 0)
            fixture.clock.advance(by: .seconds(11))
            await relay(fixture).look()
            #expect(try await fixture.terminal(id).state.status == .completed)
            #expect(try await fixture.folder.jobs.unpublished(olderThan: .zero, limit: 10).isEmpty)
        }
    }

    @Test func `a job whose message vanished is sent again`() async throws {
        try await WorkerFixture.with { fixture in
            let id = try await insert(fixture)
            try await fixture.folder.jobs.markPublished([id])
            await relay(fixture).look()
            #expect(fixture.provider.calls == 0)
            fixture.clock.advance(by: .seconds(901))
            await relay(fixture).look()
            #expect(try await fixture.terminal(id).state.status == .completed)
        }
    }
}
