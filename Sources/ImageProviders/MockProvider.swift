package import ImageJobs

/// Draws a picture from the prompt instead of asking a model: free, at once, and the same every time.
///
/// It also fails and dawdles on request, so that everything around a provider can be tried without one.
package struct MockProvider: ImageProvider {
    /// How the mock behaves.
    package struct Settings: Sendable {
        /// How long a call takes before anything is drawn (`MOCK_DELAY`).
        package var delay: Duration = .zero
        /// The part of the calls that fail, from 0 to 1 (`MOCK_FAILURE_RATE`).
        package var failureRate: Double = 0
        /// How they fail (`MOCK_FAILURE_KIND`).
        package var failure: MockFailure = .transient

        /// Draws at once and never fails.
        package init() {}
    }

    /// The one model's id.
    package static let modelID = "mock"

    package let models: [ImageModel]
    private let settings: Settings
    private let editor: any ImageEditor
    private let fraction: @Sendable () -> Double
    private let sleep: @Sendable (Duration) async throws -> Void

    /// A mock that draws with `editor`.
    ///
    /// A call fails when `fraction`, evenly spread from 0 up to 1, is below the failure rate. `sleep` throws when
    /// the task is cancelled.
    package init(
        settings: Settings = Settings(),
        editor: any ImageEditor,
        fraction: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.settings = settings
        self.editor = editor
        self.fraction = fraction
        self.sleep = sleep
        let capabilities = ModelCapabilities(
            edge: 64...2048,
            edgeMultiple: 1,
            imagesPerJob: 10,
            acceptsSeed: true,
            referenceImages: 0
        )
        models = [ImageModel(id: Self.modelID, provider: "mock", capabilities: capabilities)]
    }

    package func generate(
        _ request: ImageRequest,
        job: JobID
    ) async throws(ImageProviderError) -> [GeneratedImage] {
        try refuseWhatNoModelWouldTake(request)
        try await dawdle()
        if fraction() < settings.failureRate { throw settings.failure.error }
        var images: [GeneratedImage] = []
        for index in 0..<request.count {
            images.append(GeneratedImage(bytes: try await draw(MockPicture(request, index: index).picture)))
        }
        return images
    }

    private func refuseWhatNoModelWouldTake(_ request: ImageRequest) throws(ImageProviderError) {
        for model in models {
            guard request.model == model.id else { throw .invalid(reason: "unknown model") }
            let capabilities = model.capabilities
            guard capabilities.edge.contains(request.size.width),
                capabilities.edge.contains(request.size.height)
            else { throw .invalid(reason: "size \(request.size) is out of range") }
            guard (1...capabilities.imagesPerJob).contains(request.count) else {
                throw .invalid(reason: "\(request.count) images are out of range")
            }
            guard request.referenceImageURLs.count <= capabilities.referenceImages else {
                throw .invalid(reason: "reference images are not supported")
            }
        }
    }

    private func dawdle() async throws(ImageProviderError) {
        do {
            if settings.delay > .zero { try await sleep(settings.delay) }
            try Task.checkCancellation()
        } catch {
            throw .cancelled
        }
    }

    private func draw(_ picture: Picture) async throws(ImageProviderError) -> [UInt8] {
        do {
            return try await editor.draw(picture)
        } catch {
            switch error {
            case .cancelled: throw .cancelled
            case .tooLarge, .undecodable: throw .invalid(reason: error.description)
            case .failed: throw .transient(reason: error.description)
            }
        }
    }
}
