internal import ImageJobs

/// How a caption is set into a picture: as large as it fits, and cut where even small letters would not.
struct CaptionSetting {
    /// The font's family and style (Debian package fonts-dejavu-core); other fonts of the system give what it
    /// lacks, and where there is none, boxes are drawn: no font is worth failing a job.
    private static let font = "DejaVu Sans Bold"
    /// A letter's width and a line's height, as parts of the font's size.
    private static let averageAdvance = 0.68
    private static let lineHeight = 1.2
    private static let attempts = 12

    let picture: PixelSize

    /// The room between text and edge.
    var margin: Int { max(2, shorterEdge / 18) }
    var width: Int { picture.width - 2 * margin }
    /// Text may fill the picture but for its margins; it begins to shrink before that.
    private var heightLimit: Int { picture.height - 2 * margin }
    private var comfortableHeight: Int { heightLimit / 3 }
    private var largestFont: Double { max(7, Double(shorterEdge) / 17) }
    private var smallestFont: Double { max(7, Double(shorterEdge) / 42) }
    private var shorterEdge: Int { min(picture.width, picture.height) }

    /// The caption's mask, or nil when there is nothing to see or no room for a letter.
    func mask(of caption: Caption, _ library: VipsLibrary) throws(ImageEditorError) -> Raster? {
        guard !caption.isEmpty, width >= 8, heightLimit >= 8 else { return nil }
        var caption = caption
        var size = fittingFont(caption.characters.count)
        for _ in 0..<Self.attempts {
            let mask = try set(caption, size, library)
            let limit = size > smallestFont ? 2 * comfortableHeight : heightLimit
            if mask.size.width <= width, mask.size.height <= limit { return mask }
            if size > smallestFont {
                size = max(smallestFont, size * 0.85)
            } else {
                caption = caption.cut(to: caption.characters.count * 3 / 4)
            }
        }
        // Not one word of it can be set in this picture.
        return nil
    }

    /// Text without ink, of which Unicode has many kinds, is an error of the library: an ellipsis stands for it.
    private func set(
        _ caption: Caption,
        _ size: Double,
        _ library: VipsLibrary
    ) throws(ImageEditorError) -> Raster {
        func text(_ markup: String) throws(ImageEditorError) -> Raster {
            let font = "\(Self.font) \(Int(size))"
            return try Raster.text(markup: markup, font: font, width: width, library)
        }
        do { return try text(caption.markup) } catch { return try text("…") }
    }

    /// The size at which so many average letters fill the comfortable part of the picture.
    private func fittingFont(_ count: Int) -> Double {
        let area = Double(width * comfortableHeight)
        let size = (area / (Double(count) * Self.averageAdvance * Self.lineHeight)).squareRoot()
        return min(largestFont, max(smallestFont, size))
    }
}
