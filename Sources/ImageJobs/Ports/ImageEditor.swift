/// Reads and makes image bytes.
///
/// Runs off the shared pool; memory is bounded by its callers' number.
package protocol ImageEditor: Sendable {
    /// What the bytes are, by decoding them within limits. Throws `.undecodable` for anything that is not a whole
    /// PNG, JPEG or WebP.
    func inspect(_ bytes: [UInt8]) async throws(ImageEditorError) -> ImageFacts

    /// Draws the picture and encodes it as PNG. The same picture gives the same bytes.
    func draw(_ picture: Picture) async throws(ImageEditorError) -> [UInt8]
}

/// What an image is.
package struct ImageFacts: Sendable, Equatable {
    package let format: ImageFormat
    package let size: PixelSize

    package init(format: ImageFormat, size: PixelSize) {
        self.format = format
        self.size = size
    }
}

/// A colour, each channel 0–255.
package struct Color: Sendable, Equatable {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    package init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }
}

/// A simple picture: a gradient from corner to corner, soft discs on it, and a caption that stays legible.
package struct Picture: Sendable, Equatable {
    /// A disc; centre and radius as fractions of the width, height and shorter edge.
    package struct Disc: Sendable, Equatable {
        package let x: Double
        package let y: Double
        package let radius: Double
        package let color: Color
        /// 0 is invisible, 1 hides what is below.
        package let opacity: Double

        package init(x: Double, y: Double, radius: Double, color: Color, opacity: Double) {
            self.x = x
            self.y = y
            self.radius = radius
            self.color = color
            self.opacity = opacity
        }
    }

    package let size: PixelSize
    package let topLeft: Color
    package let bottomRight: Color
    package let discs: [Disc]
    /// Wrapped and scaled to fit; cut with an ellipsis when very long.
    package let caption: String

    package init(size: PixelSize, topLeft: Color, bottomRight: Color, discs: [Disc], caption: String) {
        self.size = size
        self.topLeft = topLeft
        self.bottomRight = bottomRight
        self.discs = discs
        self.caption = caption
    }
}

/// Why an image could not be read or made.
///
/// Safe to log.
package enum ImageEditorError: Error, Sendable, Equatable, CustomStringConvertible {
    case cancelled
    /// Not a whole PNG, JPEG or WebP.
    case undecodable(reason: String)
    /// More bytes or pixels than allowed; refused before decoding.
    case tooLarge
    /// The library failed.
    case failed(reason: String)

    package var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .undecodable(let reason): "not a usable image: \(reason)"
        case .tooLarge: "image too large"
        case .failed(let reason): "image library failed: \(reason)"
        }
    }
}
