import ImageJobs
import Lifetime

/// One attempt at one job: generate, check, store.
struct Attempt: Sendable {
    /// The images of an attempt that succeeded, and how long its steps took.
    struct Result: Sendable {
        var images: [StoredImage] = []
        var generating = Duration.zero
        var storing = Duration.zero
    }

    let ports: WorkerPorts
    let timeout: Duration

    /// Makes and stores the job's images.
    ///
    /// Ends with `.cancelled` as soon as `interruption` is given.
    func run(_ job: Job, interruption: StopSignal) async throws(AttemptError) -> Result {
        let end = await withTaskGroup(of: End.self) { group in
            group.addTask { await make(job) }
            group.addTask {
                await interruption.wait()
                return .failed(.cancelled)
            }
            group.addTask {
                do {
                    try await Task.sleep(for: timeout)
                } catch {
                    return .failed(.cancelled)
                }
                return .failed(.provider(.outcomeUnknown(reason: "no answer within the attempt's time")))
            }
            let first = await group.next() ?? .failed(.cancelled)
            group.cancelAll()
            return first
        }
        switch end {
        case .succeeded(let result): return result
        case .failed(let error): throw error
        }
    }

    private enum End: Sendable {
        case succeeded(Result)
        case failed(AttemptError)
    }

    private func make(_ job: Job) async -> End {
        do {
            return .succeeded(try await generateAndStore(job))
        } catch {
            return .failed(error)
        }
    }

    private func generateAndStore(_ job: Job) async throws(AttemptError) -> Result {
        let clock = ContinuousClock()
        var result = Result()
        let start = clock.now
        let generated: [GeneratedImage]
        do {
            generated = try await ports.provider.generate(job.request, job: job.id)
        } catch {
            throw .provider(error)
        }
        result.generating = clock.now - start
        guard generated.count == job.request.count else {
            throw .unusableImage(
                .undecodable(reason: "\(generated.count) images instead of \(job.request.count)")
            )
        }
        let storingStart = clock.now
        let claim = Claim(job: job.id, fence: job.fence)
        for (index, image) in generated.enumerated() {
            result.images.append(try await store(image, index: index, claim: claim))
        }
        result.storing = clock.now - storingStart
        return result
    }

    private func store(
        _ image: GeneratedImage,
        index: Int,
        claim: Claim
    ) async throws(AttemptError) -> StoredImage {
        let facts: ImageFacts
        do {
            facts = try await ports.editor.inspect(image.bytes)
        } catch .cancelled {
            throw .cancelled
        } catch {
            throw .unusableImage(error)
        }
        let key = ImageKey(claim: claim, index: index, suffix: facts.format)
        let sha256 = ports.digest(image.bytes)
        do {
            try await ports.images.put(
                ImageObject(key: key, format: facts.format, bytes: image.bytes, sha256: sha256)
            )
        } catch .cancelled {
            throw .cancelled
        } catch {
            throw .storage(error)
        }
        return StoredImage(
            key: key,
            url: ports.images.url(for: key),
            contentType: facts.format.contentType,
            size: facts.size,
            byteCount: image.bytes.count,
            sha256: sha256
        )
    }
}
