import FoundationEssentials
import ImageJobs
import Lifetime
import LocalStores
import Synchronization
import Telemetry
import TestSupport
import Testing
import Worker

/// A worker over real stores in a temporary folder, with a provider that the test controls.
struct WorkerFixture {
    let folder: DataFolder
    let provider: ScriptedProvider
    let sink = RecordingSink()
    let stop = StopSignal()
    let clock: MovableClock

    /// What a test changes of the worker.
    struct Options {
        let change: (inout WorkerSettings) -> Void
        let claims: (SQLiteJobStore) -> any JobClaims
        let queue: (SQLiteJobQueue) -> any JobQueue

        init(
            claims: @escaping (SQLiteJobStore) -> any JobClaims = { $0 },
            queue: @escaping (SQLiteJobQueue) -> any JobQueue = { $0 },
            change: @escaping (inout WorkerSettings) -> Void = { _ in }
        ) {
            self.claims = claims
            self.queue = queue
            self.change = change
        }
    }

    /// Runs the body while a worker runs, then stops the worker.
    static func with(
        _ options: Options = Options(),
        _ body: (WorkerFixture) async throws -> Void
    ) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("worker-\(UUID())").path
        let clock = MovableClock()
        let folder = try await DataFolder.open(
            at: path,
            imageBaseURL: "http://images.test",
            now: { clock.now }
        )
        let fixture = WorkerFixture(folder: folder, provider: ScriptedProvider(), clock: clock)
        var settings = WorkerSettings(worker: WorkerID(rawValue: "test"), concurrency: 2)
        settings.pollWait = .milliseconds(200)
        settings.lease = .seconds(30)
        settings.finishTime = .seconds(20)
        settings.retry = RetryPolicy(maximumAttempts: 3, baseDelay: .zero)
        options.change(&settings)
        let worker = Worker(
            settings: settings,
            ports: WorkerPorts(
                claims: options.claims(folder.jobs),
                queue: options.queue(folder.queue),
                images: folder.images,
                provider: fixture.provider,
                editor: HonestEditor(),
                digest: { bytes in ReferenceSHA256.hexadecimal(of: bytes) },
                random: { 0.5 }
            ),
            log: Log(sink: fixture.sink, minimum: .debug)
        )
        async let running: Void = worker.run(until: fixture.stop)
        do {
            try await body(fixture)
        } catch {
            fixture.provider.releaseAll()
            fixture.stop.trigger()
            await running
            throw error
        }
        fixture.provider.releaseAll()
        fixture.stop.trigger()
        await running
        try await folder.close()
        try FileManager.default.removeItem(atPath: path)
    }

    /// Records jobs and sends their messages.
    func submit(_ count: Int = 1, images: Int = 1) async throws -> [JobID] {
        let ids = try await record(count, images: images)
        _ = try await folder.queue.send(ids)
        try await folder.jobs.markPublished(ids)
        return ids
    }

    /// Records jobs whose messages the test sends.
    func record(_ count: Int = 1, images: Int = 1) async throws -> [JobID] {
        var jobs: [NewJob] = []
        for number in 0..<count {
            let id = JobID(
                millisecondsSinceEpoch: UInt64(number),
                random: (.random(in: .min ... .max), .random(in: .min ... .max))
            )
            let request = ImageRequest(
                prompt: try Prompt("job \(number)"),
                model: "mock",
                size: PixelSize(width: 64, height: 64),
                count: images
            )
            jobs.append(NewJob(id: id, owner: OwnerID(rawValue: "owner"), request: request))
        }
        return try await folder.jobs.insert(jobs).map(\.id)
    }

    /// The job once it satisfies the condition; polls the store, bounded by the test's time limit.
    func job(_ id: JobID, when condition: (Job) -> Bool) async throws -> Job {
        while true {
            let job = try #require(try await folder.jobs.find(id))
            if condition(job) { return job }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func terminal(_ id: JobID) async throws -> Job { try await job(id) { $0.state.isTerminal } }

    /// Whether the queue has nothing left, visible or hidden.
    func queueIsEmpty() async throws -> Bool {
        let counts = try await folder.queue.counts()
        return counts.visible + counts.inFlight == 0
    }
}

/// The real clock with an offset that tests move; once frozen it moves only then.
final class MovableClock: Sendable {
    private struct State {
        var offset = Duration.zero
        var frozen: Timestamp?
    }

    private let state = Mutex(State())

    var now: Timestamp {
        state.withLock { ($0.frozen ?? WallClock.now()).advanced(by: $0.offset) }
    }

    func advance(by span: Duration) { state.withLock { $0.offset += span } }
    func freeze() { state.withLock { $0.frozen = WallClock.now() } }
}

/// A provider that does what the test says: for each call the next answer, or a wait until it is let go.
final class ScriptedProvider: ImageProvider {
    enum Answer: Sendable {
        case images
        case fail(ImageProviderError)
        case wait
        case deliver([GeneratedImage])
    }

    private struct State {
        var answers: [Answer] = []
        var calls = 0
        var cancelled = 0
    }

    let models: [ImageModel] = []
    private let state = Mutex(State())
    private let release = StopSignal()
    private let (callStream, callPosts) = AsyncStream.makeStream(of: JobID.self)
    private let (cancelStream, cancelPosts) = AsyncStream.makeStream(of: JobID.self)

    var calls: Int { state.withLock { $0.calls } }

    func script(_ answers: Answer...) { state.withLock { $0.answers += answers } }
    func releaseAll() { release.trigger() }

    /// Waits for the next call.
    func called() async -> JobID? {
        for await id in callStream { return id }
        return nil
    }

    /// Waits for the next call that was cancelled.
    func cancelled() async -> JobID? {
        for await id in cancelStream { return id }
        return nil
    }

    func generate(_ request: ImageRequest, job: JobID) async throws(ImageProviderError) -> [GeneratedImage] {
        let answer = state.withLock { state in
            state.calls += 1
            return state.answers.isEmpty ? Answer.images : state.answers.removeFirst()
        }
        callPosts.yield(job)
        switch answer {
        case .images: break
        case .deliver(let images): return images
        case .fail(let error): throw error
        case .wait:
            await release.wait()
            if Task.isCancelled {
                cancelPosts.yield(job)
                throw .cancelled
            }
        }
        return (0..<request.count).map { GeneratedImage(bytes: Array("\(request.prompt.text) \($0)".utf8)) }
    }
}

/// An editor that takes everything but the word "broken" for a 64 by 64 PNG.
struct HonestEditor: ImageEditor {
    func inspect(_ bytes: [UInt8]) async throws(ImageEditorError) -> ImageFacts {
        guard bytes != Array("broken".utf8) else { throw .undecodable(reason: "scripted") }
        return ImageFacts(format: .png, size: PixelSize(width: 64, height: 64))
    }

    func draw(_ picture: Picture) async throws(ImageEditorError) -> [UInt8] { [] }
}
