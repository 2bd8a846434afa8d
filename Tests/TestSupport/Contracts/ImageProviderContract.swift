package import ImageJobs
import Testing

/// What every `ImageProvider` must do.
package struct ImageProviderContract<Provider: ImageProvider> {
    private let provider: Provider
    private let job: JobID

    package init(_ provider: Provider, job: JobID = JobID(millisecondsSinceEpoch: 1, random: (2, 3))) {
        self.provider = provider
        self.job = job
    }

    /// Runs every promise for each of the provider's models.
    package func verify() async throws {
        #expect(!provider.models.isEmpty)
        #expect(Set(provider.models.map(\.id)).count == provider.models.count)
        for model in provider.models {
            statesUsableCapabilities(model)
            try await makesAsManyImagesAsAsked(model)
            try await endsWhenCancelled(model)
        }
    }

    private func statesUsableCapabilities(_ model: ImageModel) {
        #expect(!model.id.isEmpty)
        #expect(model.capabilities.edge.lowerBound > 0)
        #expect(model.capabilities.edgeMultiple > 0)
        #expect((1...10).contains(model.capabilities.imagesPerJob))
        #expect(model.capabilities.referenceImages >= 0)
    }

    private func makesAsManyImagesAsAsked(_ model: ImageModel) async throws {
        for count in Set([1, min(2, model.capabilities.imagesPerJob)]) {
            let images = try await provider.generate(try request(model, count: count), job: job)
            #expect(images.count == count)
            #expect(images.allSatisfy { !$0.bytes.isEmpty })
        }
    }

    private func endsWhenCancelled(_ model: ImageModel) async throws {
        let request = try request(model, count: 1)
        let (provider, job) = (provider, job)
        let outcome = await withTaskGroup(of: ImageProviderError?.self) { group in
            group.cancelAll()
            group.addTask {
                do throws(ImageProviderError) {
                    _ = try await provider.generate(request, job: job)
                    return nil
                } catch {
                    return error
                }
            }
            return await group.next() ?? nil
        }
        #expect(outcome == .cancelled)
    }

    /// A request of the smallest square that the model takes.
    private func request(_ model: ImageModel, count: Int) throws -> ImageRequest {
        let (least, multiple) = (model.capabilities.edge.lowerBound, model.capabilities.edgeMultiple)
        let edge = (least + multiple - 1) / multiple * multiple
        return ImageRequest(
            prompt: try Prompt("a boat on a calm lake"),
            model: model.id,
            size: PixelSize(width: edge, height: edge),
            count: count
        )
    }
}
