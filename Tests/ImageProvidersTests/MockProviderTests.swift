import ImageEditing
import ImageJobs
import ImageProviders
import Synchronization
import TestSupport
import Testing

struct MockProviderTests {
    private let editor = VipsEditor()
    private let job = JobID(millisecondsSinceEpoch: 1, random: (2, 3))

    @Test func `honours the image provider contract`() async throws {
        try await ImageProviderContract(MockProvider(editor: editor)).verify()
    }

    @Test(arguments: AspectRatio.allCases)
    func `draws a PNG of exactly the asked size`(_ ratio: AspectRatio) async throws {
        let size = ratio.size(pixels: 256 * 256)
        let images = try await MockProvider(editor: editor).generate(request(size: size), job: job)
        #expect(try await editor.inspect(images[0].bytes) == ImageFacts(format: .png, size: size))
    }

    @Test func `draws the same bytes for the same request`() async throws {
        let provider = MockProvider(editor: editor)
        for seed in [nil, 7] as [Int64?] {
            let first = try await provider.generate(request(seed: seed), job: job)
            let second = try await MockProvider(editor: VipsEditor())
                .generate(
                    request(seed: seed),
                    job: JobID(millisecondsSinceEpoch: 9, random: (9, 9))
                )
            #expect(first == second)
        }
    }

    @Test func `draws another picture for another prompt, seed or place`() async throws {
        let provider = MockProvider(editor: editor)
        var images = try await provider.generate(request(count: 10), job: job)
        images += try await provider.generate(request("another prompt"), job: job)
        images += try await provider.generate(request(seed: 1), job: job)
        images += try await provider.generate(request(seed: -1), job: job)
        #expect(Set(images.map(\.bytes)).count == 13)
    }

    @Test func `fails as often as it is told`() async throws {
        let fractions = Mutex([0.0, 0.29, 0.3, 0.99])
        var settings = MockProvider.Settings()
        settings.failureRate = 0.3
        let provider = MockProvider(
            settings: settings,
            editor: editor,
            fraction: { fractions.withLock { $0.removeFirst() } }
        )
        let request = try request()
        var failures: [Bool] = []
        for _ in 0..<4 {
            do throws(ImageProviderError) {
                _ = try await provider.generate(request, job: job)
                failures.append(false)
            } catch {
                failures.append(true)
            }
        }
        #expect(failures == [true, true, false, false])
    }

    @Test(arguments: [
        (MockFailure.moderated, ImageProviderError.moderated(reason: "refused by the mock provider")),
        (.rateLimited, .rateLimited(retryAfter: .seconds(1))), (.quota, .quotaExhausted),
        (.invalid, .invalid(reason: "refused by the mock provider")), (.unauthorized, .unauthorized),
        (.transient, .transient(reason: "the mock provider was told to fail")),
        (.outcomeUnknown, .outcomeUnknown(reason: "the mock provider was told to fail")),
        (.retired, .retired(model: "mock")),
    ])
    func `fails in the way it is told`(_ failure: MockFailure, _ error: ImageProviderError) async {
        var settings = MockProvider.Settings()
        settings.failureRate = 1
        settings.failure = failure
        let provider = MockProvider(settings: settings, editor: editor, fraction: { 0.999_999 })
        await #expect(throws: error) { try await provider.generate(request(), job: job) }
    }

    @Test func `names its failures as the settings do`() {
        let names = "moderated rate_limited quota invalid unauthorized transient outcome_unknown retired"
        #expect(MockFailure.allCases.map(\.rawValue).joined(separator: " ") == names)
    }

    @Test func `waits as long as it is told before it draws`() async throws {
        let waited = Mutex<[Duration]>([])
        var settings = MockProvider.Settings()
        settings.delay = .milliseconds(1_500)
        let provider = MockProvider(
            settings: settings,
            editor: editor,
            sleep: { duration in waited.withLock { $0.append(duration) } }
        )
        _ = try await provider.generate(request(), job: job)
        #expect(waited.withLock { $0 } == [.milliseconds(1_500)])
    }

    @Test func `stops waiting when cancelled`() async throws {
        let (sleeping, isSleeping) = AsyncStream<Void>.makeStream()
        var settings = MockProvider.Settings()
        settings.delay = .seconds(3_600)
        let provider = MockProvider(
            settings: settings,
            editor: editor,
            sleep: { duration in
                isSleeping.yield()
                try await Task.sleep(for: duration)
            }
        )
        let request = try request()
        let task = Task { try await provider.generate(request, job: job) }
        for await _ in sleeping { break }
        task.cancel()
        await #expect(throws: ImageProviderError.cancelled) { try await task.value }
    }

    @Test func `refuses what its capabilities exclude`() async throws {
        let provider = MockProvider(editor: editor)
        let prompt = try Prompt("a cat")
        let size = PixelSize(width: 64, height: 64)
        for wrong in [
            try request(size: PixelSize(width: 63, height: 64)),
            try request(size: PixelSize(width: 64, height: 2_049)),
            try request(count: 11), try request(count: 0),
            ImageRequest(prompt: prompt, model: "gpt", size: size),
            ImageRequest(
                prompt: prompt,
                model: "mock",
                size: size,
                referenceImageURLs: ["https://example.com/a.png"]
            ),
        ] {
            await #expect {
                try await provider.generate(wrong, job: job)
            } throws: { error in
                if case .invalid? = error as? ImageProviderError { true } else { false }
            }
        }
    }

    private func request(
        _ prompt: String = "A red cat playing guitar",
        size: PixelSize = PixelSize(width: 96, height: 64),
        count: Int = 1,
        seed: Int64? = nil
    ) throws -> ImageRequest {
        ImageRequest(prompt: try Prompt(prompt), model: "mock", size: size, count: count, seed: seed)
    }
}
