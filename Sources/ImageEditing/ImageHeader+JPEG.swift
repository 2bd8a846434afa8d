internal import ImageJobs

extension ImageHeader {
    /// Walks the segments of a JPEG (ITU-T T.81, annex B) to its frame header.
    init(jpeg reader: inout ByteReader) throws(ImageEditorError) {
        guard reader.ends(with: [0xFF, 0xD9]) else {
            throw .undecodable(reason: "truncated, or bytes after the image")
        }
        try reader.skip(2)
        while true {
            guard try reader.byte() == 0xFF else { throw .undecodable(reason: "no JPEG segment") }
            var marker = try reader.byte()
            while marker == 0xFF { marker = try reader.byte() }
            let length = try reader.bigEndian(2)
            switch marker {
            case 0xC0, 0xC1, 0xC2:
                try self.init(frame: marker, &reader)
                return
            case 0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                throw .undecodable(reason: "a kind of JPEG that is not decoded")
            case 0xD8, 0xD9, 0xDA:
                throw .undecodable(reason: "no JPEG frame")
            default:
                try reader.skip(length - 2)
            }
        }
    }

    private init(frame marker: UInt8, _ reader: inout ByteReader) throws(ImageEditorError) {
        guard try reader.byte() == 8 else { throw .undecodable(reason: "not eight bits a channel") }
        let height = try reader.bigEndian(2)
        let width = try reader.bigEndian(2)
        let channels = Int(try reader.byte())
        guard (1...4).contains(channels) else { throw .undecodable(reason: "unknown channels") }
        // Progressive: all coefficients, two bytes each, are kept until the last scan.
        self.init(
            format: .jpeg,
            size: PixelSize(width: width, height: height),
            bytesHeldPerPixel: marker == 0xC2 ? channels * 2 : 0
        )
    }
}
