internal import ImageJobs

/// What a file says about itself, read without decoding anything.
///
/// It decides which decoder may see the bytes, and whether any may.
struct ImageHeader: Equatable {
    let format: ImageFormat
    let size: PixelSize
    let isAnimated: Bool
    /// What its decoder must hold at once, in bytes.
    let heldBytes: Int

    /// Throws `.undecodable` for what is not PNG, JPEG or WebP from its first byte to its last: files with
    /// something behind the image can be two things at once.
    init(_ bytes: [UInt8]) throws(ImageEditorError) {
        var reader = ByteReader(bytes)
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            try self.init(png: &reader)
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            try self.init(jpeg: &reader)
        } else if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
        {
            try self.init(webp: &reader)
        } else {
            throw .undecodable(reason: "neither PNG, JPEG nor WebP")
        }
    }

    init(format: ImageFormat, size: PixelSize, isAnimated: Bool = false, bytesHeldPerPixel: Int) {
        self.format = format
        self.size = size
        self.isAnimated = isAnimated
        // Saturated: a header can name any size.
        let (area, areaOverflow) = size.width.multipliedReportingOverflow(by: size.height)
        let (held, heldOverflow) = area.multipliedReportingOverflow(by: bytesHeldPerPixel)
        heldBytes = areaOverflow || heldOverflow ? .max : held
    }
}

/// Reads numbers from bytes in order, and throws where they end.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - offset }

    mutating func skip(_ count: Int) throws(ImageEditorError) {
        guard count >= 0, count <= remaining else { throw .undecodable(reason: "truncated") }
        offset += count
    }

    mutating func byte() throws(ImageEditorError) -> UInt8 {
        try skip(1)
        return bytes[offset - 1]
    }

    /// A number of `count` bytes, the most significant first.
    mutating func bigEndian(_ count: Int) throws(ImageEditorError) -> Int {
        var value = 0
        for _ in 0..<count { value = try value << 8 | Int(byte()) }
        return value
    }

    /// A number of `count` bytes, the least significant first.
    mutating func littleEndian(_ count: Int) throws(ImageEditorError) -> Int {
        var value = 0
        for place in 0..<count { value |= try Int(byte()) << (8 * place) }
        return value
    }

    /// Four characters that name a part of a file.
    mutating func tag() throws(ImageEditorError) -> String {
        try skip(4)
        return String(decoding: bytes[offset - 4..<offset], as: UTF8.self)
    }

    /// Whether the bytes end with these, zeros after them aside.
    func ends(with suffix: [UInt8]) -> Bool {
        guard let last = bytes.lastIndex(where: { $0 != 0 }) else { return false }
        return bytes[...last].suffix(suffix.count).elementsEqual(suffix)
    }
}
