import Testing

@testable import AWSClient

@Suite(.timeLimit(.minutes(5)))
struct CachedAWSCredentialsTests {
    private let clock = ManualAWSClock()
    private let provider = HeldProvider()
    private let cache: CachedAWSCredentials

    init() { cache = CachedAWSCredentials(provider: provider, clock: clock.clock()) }

    @Test func `fresh credentials are asked for once`() async throws {
        try await hold(.test("A", expiration: clock.now + 3_600))
        for _ in 0..<10 { #expect(try await cache.current().accessKeyID == "A") }
        #expect(provider.count == 1)
    }

    @Test func `many callers at once share one refresh`() async throws {
        let cache = cache
        let keys = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await cache.current().accessKeyID } }
            await waiters(50)
            provider.answer(.success(.test("A")))
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(keys == ["A"])
        #expect(provider.count == 1)
    }

    @Test func `one waiter's cancellation harms nobody`() async throws {
        let cache = cache
        let patient = Task { try await cache.current() }
        let hasty = Task { try await cache.current() }
        await waiters(2)
        hasty.cancel()
        await #expect(throws: AWSCredentialsError.cancelled) { try await hasty.value }
        #expect(cache.waiting == 1)
        provider.answer(.success(.test("A")))
        #expect(try await patient.value.accessKeyID == "A")
        #expect(provider.count == 1)
    }

    @Test func `the waiter that began the refresh may be cancelled too`() async throws {
        let cache = cache
        let first = Task { try await cache.current() }
        await provider.isAsked()
        let second = Task { try await cache.current() }
        await waiters(2)
        first.cancel()
        await #expect(throws: AWSCredentialsError.cancelled) { try await first.value }
        provider.answer(.success(.test("A")))
        #expect(try await second.value.accessKeyID == "A")
    }

    @Test func `a task cancelled already does not wait`() async {
        let cache = cache
        let task = Task {
            unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
            return try await cache.current()
        }
        await #expect(throws: AWSCredentialsError.cancelled) { try await task.value }
    }

    @Test func `a failure is everyone's, and the next call asks again`() async throws {
        let cache = cache
        let error = AWSCredentialsError.failed(source: "s", reason: "r")
        let one = Task { try await cache.current() }
        let other = Task { try await cache.current() }
        await waiters(2)
        provider.answer(.failure(error))
        await #expect(throws: error) { try await one.value }
        await #expect(throws: error) { try await other.value }
        provider.answer(.success(.test("A")))
        #expect(try await cache.current().accessKeyID == "A")
    }

    @Test func `a source that is not configured is an error`() async {
        provider.answer(.success(nil))
        await #expect(throws: AWSCredentialsError.notConfigured(tried: ["held"])) {
            try await cache.current()
        }
    }

    @Test func `an advisory refresh keeps nobody waiting`() async throws {
        try await hold(.test("OLD", expiration: clock.now + 3_600))
        clock.advance(by: 3_600 - 800)
        for _ in 0..<10 { #expect(try await cache.current().accessKeyID == "OLD") }
        await provider.isAsked()
        await provider.isAsked()
        #expect(provider.count == 2)
        provider.answer(.success(.test("NEW", expiration: clock.now + 3_600)))
        while try await cache.current().accessKeyID == "OLD" { await Task.yield() }
        #expect(provider.count == 2)
    }

    @Test func `an endpoint that is down harms nobody while the old ones are good`() async throws {
        try await hold(.test("OLD", expiration: clock.now + 3_600))
        clock.advance(by: 3_600 - 500)
        for _ in 0..<4 {
            provider.answer(.failure(.failed(source: "s", reason: "down")))
            #expect(try await cache.current().accessKeyID == "OLD")
            clock.advance(by: 100)
        }
        clock.advance(by: 100)
        provider.answer(.failure(.failed(source: "s", reason: "down")))
        await #expect(throws: AWSCredentialsError.self) { try await cache.current() }
        provider.answer(.success(.test("NEW", expiration: clock.now + 3_600)))
        #expect(try await cache.current().accessKeyID == "NEW")
    }

    @Test func `a mandatory refresh keeps everyone waiting for the new ones`() async throws {
        try await hold(.test("OLD", expiration: clock.now + 3_600))
        clock.advance(by: 3_600 - 599)
        let cache = cache
        let task = Task { try await cache.current() }
        await waiters(1)
        provider.answer(.success(.test("NEW", expiration: clock.now + 3_600)))
        #expect(try await task.value.accessKeyID == "NEW")
    }

    @Test func `refused credentials are replaced by one refresh for all`() async throws {
        let old = AWSCredentials.test("OLD", expiration: clock.now + 3_600)
        try await hold(old)
        let cache = cache
        let keys = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await cache.replacement(for: old).accessKeyID } }
            await waiters(20)
            provider.answer(.success(.test("NEW", expiration: clock.now + 3_600)))
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(keys == ["NEW"])
        #expect(try await cache.replacement(for: old).accessKeyID == "NEW")
        #expect(provider.count == 2)
    }

    @Test func `shutting down cancels the refresh and lets go of all who wait`() async throws {
        let cache = cache
        let task = Task { try await cache.current() }
        await provider.isAsked()
        await waiters(1)
        cache.shutDown()
        await #expect(throws: AWSCredentialsError.cancelled) { try await task.value }
        await #expect(throws: AWSCredentialsError.cancelled) { try await cache.current() }
        #expect(provider.count == 1)
    }

    @Test func `good credentials are handed out after shutting down`() async throws {
        try await hold(.test("A", expiration: clock.now + 3_600))
        cache.shutDown()
        clock.advance(by: 3_000)
        #expect(try await cache.current().accessKeyID == "A")
        #expect(provider.count == 1)
    }

    private func hold(_ credentials: AWSCredentials) async throws {
        provider.answer(.success(credentials))
        #expect(try await cache.current() == credentials)
    }

    /// Returns when so many callers wait.
    private func waiters(_ count: Int) async {
        while cache.waiting < count { await Task.yield() }
    }
}
