import ImageJobs

/// The body of `POST /v1/generate`, decoded and bounded; what it means for a model is decided in `imageRequest`.
struct GenerateBody: Decodable {
    var prompt: String
    var referenceImageURLs: [String]?
    var aspectRatio: String?
    var size: String?
    var count: Int?
    var model: String?
    var seed: Int64?
    var metadata: [String: String]?

    private enum Key: String, CodingKey, CaseIterable {
        case prompt
        case referenceImageURLs = "reference_image_urls"
        case aspectRatio = "aspect_ratio"
        case size
        case count = "n"
        case model
        case seed
        case metadata
    }

    /// Members that the API names and no model here can honour yet: refused, because they must not be ignored.
    private static let unsupported: Set<String> = [
        "negative_prompt", "num_inference_steps", "guidance_scale", "quality", "output_format",
        "transparent_background", "resize", "webhook_url", "webhook_events", "deadline_seconds", "priority",
    ]

    private struct AnyKey: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        for key in try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue).sorted() {
            guard Key(rawValue: key) == nil else { continue }
            if Self.unsupported.contains(key) { throw Self.notSupported(key) }
            throw Problem.invalid(JSON.printable(key), "is not a known field")
        }
        let container = try decoder.container(keyedBy: Key.self)
        prompt = try container.decode(String.self, forKey: .prompt)
        referenceImageURLs = try container.decodeIfPresent([String].self, forKey: .referenceImageURLs)
        aspectRatio = try container.decodeIfPresent(String.self, forKey: .aspectRatio)
        size = try container.decodeIfPresent(String.self, forKey: .size)
        count = try Self.whole(Int.self, .count, in: container)
        model = try container.decodeIfPresent(String.self, forKey: .model)
        seed = try Self.whole(Int64.self, .seed, in: container)
        metadata = try container.decodeIfPresent([String: String].self, forKey: .metadata)
    }

    /// A number that fits; Foundation reports others without their place.
    private static func whole<Number: Decodable>(
        _ type: Number.Type,
        _ key: Key,
        in container: KeyedDecodingContainer<Key>
    ) throws -> Number? {
        do {
            return try container.decodeIfPresent(Number.self, forKey: key)
        } catch let error as DecodingError {
            throw error
        } catch {
            throw Problem.invalid(key.rawValue, "must be a whole number")
        }
    }

    /// The request to record: every value checked, the model resolved.
    func imageRequest(_ catalogue: ModelCatalogue) throws(Problem) -> ImageRequest {
        let request = ImageRequest(
            prompt: try checkedPrompt(),
            model: try checkedModel(catalogue).id,
            size: try checkedSize(),
            count: try checkedCount(),
            seed: seed,
            referenceImageURLs: try checkedReferences(),
            metadata: try checkedMetadata()
        )
        do {
            try catalogue.model(request.model)
                .check(request, sizeField: size == nil ? "aspect_ratio" : "size")
        } catch {
            throw Self.problem(of: error)
        }
        return request
    }

    private func checkedPrompt() throws(Problem) -> Prompt {
        do {
            return try Prompt(prompt)
        } catch {
            switch error {
            case .empty: throw .invalid("prompt", "must not be empty")
            case .tooLong(let limit): throw .invalid("prompt", "must not be longer than \(limit) characters")
            case .containsNUL: throw .invalid("prompt", "must not contain U+0000")
            }
        }
    }

    private func checkedModel(_ catalogue: ModelCatalogue) throws(Problem) -> ImageModel {
        do {
            return try catalogue.model(model)
        } catch {
            throw Self.problem(of: error)
        }
    }

    private func checkedSize() throws(Problem) -> PixelSize {
        guard let size else {
            guard let aspectRatio else { return AspectRatio.square.size() }
            guard let ratio = AspectRatio(rawValue: aspectRatio) else {
                let known = AspectRatio.allCases.map(\.rawValue).joined(separator: " ")
                throw .invalid("aspect_ratio", "must be one of \(known)")
            }
            return ratio.size()
        }
        guard aspectRatio == nil else {
            throw .invalid("size", "must not be given together with aspect_ratio")
        }
        let edges = size.split(separator: "x", omittingEmptySubsequences: false)
        guard edges.count == 2, let width = Self.edge(edges[0]), let height = Self.edge(edges[1]) else {
            throw .invalid("size", "must be WIDTHxHEIGHT in pixels, such as 1024x768")
        }
        return PixelSize(width: width, height: height)
    }

    /// A decimal number of 1 to 5 digits without a leading zero.
    private static func edge(_ text: Substring) -> Int? {
        guard text.utf8.count <= 5, text.utf8.first != UInt8(ascii: "0"),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }

    private func checkedCount() throws(Problem) -> Int {
        let count = count ?? 1
        guard (1...10).contains(count) else { throw .invalid("n", "must be 1 to 10") }
        return count
    }

    private func checkedReferences() throws(Problem) -> [String] {
        let urls = referenceImageURLs ?? []
        guard urls.count <= 16 else {
            throw .invalid("reference_image_urls", "must not hold more than 16 URLs")
        }
        for (index, url) in urls.enumerated() {
            guard url.hasPrefix("https://") || url.hasPrefix("data:image/") else {
                throw .invalid("reference_image_urls[\(index)]", "must be an https or data URL")
            }
        }
        return urls
    }

    private func checkedMetadata() throws(Problem) -> [String: String] {
        let metadata = metadata ?? [:]
        guard metadata.count <= 16 else { throw .invalid("metadata", "must not hold more than 16 pairs") }
        for (name, value) in metadata {
            guard (1...64).contains(name.utf8.count) else {
                throw .invalid("metadata", "names must have 1 to 64 bytes")
            }
            guard value.utf8.count <= 512 else {
                throw .invalid("metadata", "values must not exceed 512 bytes")
            }
            // Postgres keeps no NUL in text.
            guard !name.utf8.contains(0), !value.utf8.contains(0) else {
                throw .invalid("metadata", "must not contain U+0000")
            }
        }
        return metadata
    }

    private static func notSupported(_ field: String) -> Problem {
        Problem(
            status: 422,
            code: "unsupported_by_model",
            detail: "\(field): no model of this deployment supports it",
            errors: [Problem.FieldError(field: field, message: "no model of this deployment supports it")]
        )
    }

    private static func problem(of refusal: ModelCatalogue.Refusal) -> Problem {
        switch refusal {
        case .unknownModel: return .invalid("model", "is not a model of this deployment")
        case .unsupported(let field, let model, let reason):
            return Problem(
                status: 422,
                code: "unsupported_by_model",
                detail: "\(field): \(reason) with model \(model)",
                errors: [Problem.FieldError(field: field, message: "\(reason) with model \(model)")]
            )
        }
    }
}
