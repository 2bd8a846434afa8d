/// An image that is in the image store, as the job's row describes it.
package struct StoredImage: Sendable, Equatable, Codable {
    package let key: ImageKey
    /// Where a client fetches it.
    package let url: String
    package let contentType: String
    package let size: PixelSize
    package let byteCount: Int
    /// The SHA-256 of the bytes, in lower-case hexadecimal.
    package let sha256: String

    package init(
        key: ImageKey,
        url: String,
        contentType: String,
        size: PixelSize,
        byteCount: Int,
        sha256: String
    ) {
        self.key = key
        self.url = url
        self.contentType = contentType
        self.size = size
        self.byteCount = byteCount
        self.sha256 = sha256
    }
}

/// The name of an object in the image store: `images/{job}/{fence}/result.png`, then `2.png` and so on.
///
/// It is made of the job's id and the fence alone, so no client text reaches a key, and two claims of one
/// job can never write the same object.
package struct ImageKey: Sendable, Hashable, Codable, CustomStringConvertible {
    package let path: String

    /// The key of the image at `index`, counted from 0, with a suffix such as `png`.
    package init(claim: Claim, index: Int, suffix: ImageFormat) {
        let name = index == 0 ? "result" : String(index + 1)
        path = "images/\(claim.job)/\(claim.fence)/\(name).\(suffix.fileSuffix)"
    }

    /// A key as a store lists it, or a client asks for it; nil when it cannot be one of ours.
    package init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "images", JobID(parts[1]) != nil,
            let fence = Int64(parts[2]), fence > 0, String(fence) == parts[2]
        else { return nil }
        let name = parts[3].split(separator: ".", omittingEmptySubsequences: false)
        guard name.count == 2, ImageFormat.allCases.contains(where: { $0.fileSuffix == name[1] }) else {
            return nil
        }
        let number = Int(name[0])
        let isNumbered = number.map { (2...10).contains($0) && String($0) == name[0] } ?? false
        guard name[0] == "result" || isNumbered else { return nil }
        self.path = path
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let key = ImageKey(path: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an image key")
        }
        self = key
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(path)
    }

    package var description: String { path }
}

/// The encodings this system stores.
package enum ImageFormat: String, Sendable, CaseIterable {
    case png
    case jpeg
    case webp

    package var contentType: String { "image/\(rawValue)" }
    package var fileSuffix: String { self == .jpeg ? "jpg" : rawValue }
}
