internal import ImageJobs

extension ImageHeader {
    private static let animationFlag: UInt8 = 0x02

    /// Reads the first chunk of a WebP (RFC 9649): simple, lossless, or the extended header.
    init(webp reader: inout ByteReader) throws(ImageEditorError) {
        try reader.skip(4)
        let length = try reader.littleEndian(4)
        guard length == reader.remaining else {
            throw .undecodable(reason: "truncated, or bytes after the image")
        }
        try reader.skip(4)
        let tag = try reader.tag()
        try reader.skip(4)
        let size: PixelSize
        var isAnimated = false
        switch tag {
        case "VP8 ":
            try reader.skip(3)
            guard try reader.bigEndian(3) == 0x9D012A else { throw .undecodable(reason: "no WebP frame") }
            size = PixelSize(
                width: try reader.littleEndian(2) & 0x3FFF,
                height: try reader.littleEndian(2) & 0x3FFF
            )
        case "VP8L":
            guard try reader.byte() == 0x2F else { throw .undecodable(reason: "no WebP frame") }
            let bits = try reader.littleEndian(4)
            size = PixelSize(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1)
        case "VP8X":
            isAnimated = try reader.byte() & Self.animationFlag != 0
            try reader.skip(3)
            size = PixelSize(width: try reader.littleEndian(3) + 1, height: try reader.littleEndian(3) + 1)
        default:
            throw .undecodable(reason: "no WebP frame")
        }
        self.init(format: .webp, size: size, isAnimated: isAnimated, bytesHeldPerPixel: 4)
    }
}
