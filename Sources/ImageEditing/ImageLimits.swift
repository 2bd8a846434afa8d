internal import ImageJobs

/// What an image may cost before anything is decoded.
package struct ImageLimits: Sendable, Equatable {
    /// The largest file, in bytes.
    package var bytes = 50 * 1024 * 1024
    /// The largest area, in pixels.
    package var pixels = 50_000_000
    /// The longest edge, in pixels.
    package var edge = 16_384
    /// What a decoder may have to hold at once, in bytes: most formats are read line by line, interlaced and
    /// progressive ones and WebP are held whole.
    package var decodedBytes = 256 * 1024 * 1024

    /// The limits for what providers and clients send.
    package init() {}

    func check(_ header: ImageHeader) throws(ImageEditorError) {
        guard header.size.width > 0, header.size.height > 0 else {
            throw .undecodable(reason: "no pixels")
        }
        guard header.size.width <= edge, header.size.height <= edge,
            header.size.width * header.size.height <= pixels, header.heldBytes <= decodedBytes
        else { throw .tooLarge }
        guard !header.isAnimated else { throw .undecodable(reason: "more than one frame") }
    }
}
