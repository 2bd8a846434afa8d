internal import ImageJobs

extension ImageHeader {
    /// The chunks a picture may have; ordinary files have a dozen, and one for each piece of pixel data.
    private static let chunkLimit = 100_000

    /// Walks the chunks of a PNG (https://www.w3.org/TR/png-3/#5Chunk-layout) from IHDR to IEND.
    init(png reader: inout ByteReader) throws(ImageEditorError) {
        try reader.skip(8)
        guard try reader.bigEndian(4) == 13, try reader.tag() == "IHDR" else {
            throw .undecodable(reason: "no PNG header")
        }
        let size = PixelSize(width: try reader.bigEndian(4), height: try reader.bigEndian(4))
        let depth = Int(try reader.byte())
        let colorType = try reader.byte()
        try reader.skip(2)
        let isInterlaced = try reader.byte() != 0
        try reader.skip(4)

        var isAnimated = false
        var isFinished = false
        var chunks = 0
        while !isFinished {
            let length = try reader.bigEndian(4)
            let tag = try reader.tag()
            try reader.skip(length)
            try reader.skip(4)
            isAnimated = isAnimated || tag == "acTL"
            isFinished = tag == "IEND"
            chunks += 1
            guard chunks <= Self.chunkLimit else { throw .undecodable(reason: "too many chunks") }
        }
        guard reader.remaining == 0 else { throw .undecodable(reason: "bytes after the image") }
        // Palettes and grey with transparency may become four bands of a byte; true colour has four at most.
        let held = isInterlaced ? 4 * max(1, depth / 8) : 0
        guard [0, 2, 3, 4, 6].contains(colorType) else { throw .undecodable(reason: "unknown colour type") }
        self.init(format: .png, size: size, isAnimated: isAnimated, bytesHeldPerPixel: held)
    }
}
