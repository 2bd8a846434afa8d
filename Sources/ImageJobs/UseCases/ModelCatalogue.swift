/// The models this deployment can run, by id and alias.
package struct ModelCatalogue: Sendable {
    /// Why a request cannot run on a model.
    package enum Refusal: Error, Equatable, Sendable {
        /// No model of that id or alias.
        case unknownModel
        /// The model cannot do what this field asks.
        case unsupported(field: String, model: String, reason: String)
    }

    package let models: [ImageModel]
    /// What runs when a client names no model.
    package let defaultModel: ImageModel

    /// Nil when there is no model at all.
    package init?(models: [ImageModel]) {
        guard let first = models.first else { return nil }
        self.models = models
        defaultModel = first
    }

    /// The model of that id or alias; the default one for nil.
    package func model(_ name: String?) throws(Refusal) -> ImageModel {
        guard let name else { return defaultModel }
        guard let model = models.first(where: { $0.id == name || $0.aliases.contains(name) }) else {
            throw .unknownModel
        }
        return model
    }
}

extension ImageModel {
    /// Throws when this model cannot do what the request asks, naming the request's field.
    package func check(_ request: ImageRequest, sizeField: String) throws(ModelCatalogue.Refusal) {
        func refuse(_ field: String, _ reason: String) -> ModelCatalogue.Refusal {
            .unsupported(field: field, model: id, reason: reason)
        }
        for edge in [request.size.width, request.size.height] {
            guard capabilities.edge.contains(edge) else {
                let range = capabilities.edge
                throw refuse(sizeField, "edges must be \(range.lowerBound) to \(range.upperBound) pixels")
            }
            guard edge.isMultiple(of: capabilities.edgeMultiple) else {
                throw refuse(sizeField, "edges must be multiples of \(capabilities.edgeMultiple)")
            }
        }
        guard request.count <= capabilities.imagesPerJob else {
            throw refuse("n", "at most \(capabilities.imagesPerJob) images")
        }
        guard request.seed == nil || capabilities.acceptsSeed else { throw refuse("seed", "takes no seed") }
        guard request.referenceImageURLs.count <= capabilities.referenceImages else {
            let most = capabilities.referenceImages
            throw refuse("reference_image_urls", most == 0 ? "takes no reference images" : "at most \(most)")
        }
    }
}
