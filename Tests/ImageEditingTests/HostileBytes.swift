/// Files made by hand, whose headers claim what is not there.
enum HostileBytes {
    static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// A PNG that claims a size and brings no pixels.
    static func png(width: UInt32, height: UInt32, depth: UInt8 = 8, interlaced: Bool = false) -> [UInt8] {
        let header = bigEndian(width) + bigEndian(height) + [depth, 2, 0, 0, interlaced ? 1 : 0]
        return pngSignature + chunk("IHDR", header) + chunk("IDAT", []) + chunk("IEND", [])
    }

    /// A JPEG that claims a size; `marker` is its kind of frame.
    static func jpeg(width: UInt16, height: UInt16, marker: UInt8 = 0xC0) -> [UInt8] {
        let size = bigEndian(height) + bigEndian(width)
        return [0xFF, 0xD8, 0xFF, marker, 0, 17, 8] + size
            + [3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 0xFF, 0xD9]
    }

    /// A WebP with an extended header that claims a canvas.
    static func webp(width: Int, height: Int, flags: UInt8 = 0) -> [UInt8] {
        let body =
            Array("WEBPVP8X".utf8) + [10, 0, 0, 0, flags, 0, 0, 0] + littleEndian24(width - 1)
            + littleEndian24(height - 1)
        return Array("RIFF".utf8) + [UInt8(body.count), 0, 0, 0] + body
    }

    static func chunk(_ tag: String, _ data: [UInt8]) -> [UInt8] {
        let content = Array(tag.utf8) + data
        return bigEndian(UInt32(data.count)) + content + bigEndian(checksum(content))
    }

    static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func littleEndian24(_ value: Int) -> [UInt8] {
        [0, 8, 16].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// CRC-32 as PNG uses it.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
