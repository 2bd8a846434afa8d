/// What a client asked to be drawn: checked, and complete enough to run it later in another process.
///
/// Encoded as JSON in the job's row. New fields are optional, so rows of older versions still decode.
package struct ImageRequest: Sendable, Equatable, Codable {
    package let prompt: Prompt
    /// The model's id as the catalogue names it; aliases are resolved before.
    package let model: String
    package let size: PixelSize
    /// How many images, 1 to 10.
    package let count: Int
    package let seed: Int64?
    package let referenceImageURLs: [String]
    /// The client's own pairs, echoed and never interpreted.
    package let metadata: [String: String]

    package init(
        prompt: Prompt,
        model: String,
        size: PixelSize,
        count: Int = 1,
        seed: Int64? = nil,
        referenceImageURLs: [String] = [],
        metadata: [String: String] = [:]
    ) {
        self.prompt = prompt
        self.model = model
        self.size = size
        self.count = count
        self.seed = seed
        self.referenceImageURLs = referenceImageURLs
        self.metadata = metadata
    }
}

/// Text of 1 to 32,000 characters (Unicode scalars) without NUL.
package struct Prompt: Sendable, Equatable, Codable {
    /// Why a text is no prompt.
    package enum Failure: Error, Equatable, Sendable {
        case empty
        case tooLong(limit: Int)
        case containsNUL
    }

    /// The largest number of Unicode scalars.
    package static let limit = 32_000

    package let text: String

    package init(_ text: String) throws(Failure) {
        // Four bytes a scalar at most: whatever is longer in bytes is refused before it is counted.
        guard text.utf8.count <= Self.limit * 4, text.unicodeScalars.count <= Self.limit else {
            throw .tooLong(limit: Self.limit)
        }
        guard !text.utf8.contains(0) else { throw .containsNUL }
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else { throw .empty }
        self.text = text
    }

    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// Width and height in pixels.
package struct PixelSize: Sendable, Hashable, Codable, CustomStringConvertible {
    package let width: Int
    package let height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    package var description: String { "\(width)x\(height)" }
}
