/// Makes images.
///
/// One call is one attempt at the provider.
package protocol ImageProvider: Sendable {
    /// What this provider can run.
    var models: [ImageModel] { get }

    /// Makes `request.count` images. Cancelling the task aborts the provider's work as far as it can be aborted.
    func generate(_ request: ImageRequest, job: JobID) async throws(ImageProviderError) -> [GeneratedImage]
}

/// One entry of the model catalogue: an id and what the model can do.
package struct ImageModel: Sendable, Equatable {
    package let id: String
    package let provider: String
    package let aliases: [String]
    package let capabilities: ModelCapabilities

    package init(id: String, provider: String, aliases: [String] = [], capabilities: ModelCapabilities) {
        self.id = id
        self.provider = provider
        self.aliases = aliases
        self.capabilities = capabilities
    }
}

/// What a model can do.
///
/// What it cannot is refused at submit, never ignored.
package struct ModelCapabilities: Sendable, Equatable {
    /// The shortest and longest edge, in pixels.
    package let edge: ClosedRange<Int>
    /// Both edges must be multiples of this.
    package let edgeMultiple: Int
    /// The largest number of images a job may ask for.
    package let imagesPerJob: Int
    package let acceptsSeed: Bool
    /// The largest number of reference images; 0 when it takes none.
    package let referenceImages: Int

    package init(
        edge: ClosedRange<Int>,
        edgeMultiple: Int,
        imagesPerJob: Int,
        acceptsSeed: Bool,
        referenceImages: Int
    ) {
        self.edge = edge
        self.edgeMultiple = edgeMultiple
        self.imagesPerJob = imagesPerJob
        self.acceptsSeed = acceptsSeed
        self.referenceImages = referenceImages
    }
}

/// An image as a provider delivered it.
///
/// Not trusted: the worker checks it before it is stored.
package struct GeneratedImage: Sendable, Equatable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }
}

/// One classification for the failures of all providers; each class has one action.
package enum ImageProviderError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The worker cancelled the call.
    case cancelled
    /// Refused for its content: the job fails, and is never retried.
    case moderated(reason: String)
    /// Too many requests: the next attempt waits for at least as long as the provider says.
    case rateLimited(retryAfter: Duration?)
    /// The account has no credit: someone must act.
    case quotaExhausted
    /// The request is wrong: the job fails.
    case invalid(reason: String)
    /// The key is wrong or lacks permission: someone must act.
    case unauthorized
    /// Failed without having acted: retry.
    case transient(reason: String)
    /// May or may not have acted, and billed.
    case outcomeUnknown(reason: String)
    /// The model is gone.
    case retired(model: String)

    package var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .moderated(let reason): "content refused: \(reason)"
        case .rateLimited: "rate limited by the provider"
        case .quotaExhausted: "the provider's quota is exhausted"
        case .invalid(let reason): "the provider refused the request: \(reason)"
        case .unauthorized: "the provider refused the credentials"
        case .transient(let reason): "the provider failed: \(reason)"
        case .outcomeUnknown(let reason): "the provider's outcome is unknown: \(reason)"
        case .retired(let model): "model \(model) is retired"
        }
    }
}
