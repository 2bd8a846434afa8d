internal import ImageJobs

/// Turns a picture's description into pixels: gradient, discs, then the caption on a shade.
struct PictureDrawing {
    /// How wide a disc's edge fades, as part of its radius.
    private static let softness = 0.1
    private static let white = Color(red: 255, green: 255, blue: 255)
    private static let shadeColor = Color(red: 8, green: 10, blue: 24)
    /// How dark the picture becomes below the caption, and close around its letters.
    private static let shadeOpacity = 0.55
    private static let haloStrength = 1.6

    let picture: Picture
    let library: VipsLibrary

    func raster() throws(ImageEditorError) -> Raster {
        var canvas = try gradient()
        for disc in picture.discs { canvas = try draw(disc, on: canvas) }
        return try drawCaption(on: canvas)
    }

    private func gradient() throws(ImageEditorError) -> Raster {
        let size = picture.size
        // From 0 in the top left corner to 1 in the other: the mean of how far across and how far down.
        let way = try Raster.positions(size, library)
            .linear(
                scale: [1 / Double(max(1, size.width - 1)), 1 / Double(max(1, size.height - 1))],
                offset: [0, 0]
            )
            .bandMean()
        let start = channels(picture.topLeft)
        let end = channels(picture.bottomRight)
        return try way.bytes(scale: zip(start, end).map { $1 - $0 }, offset: start.map { $0 + 0.5 }).asSRGB()
    }

    /// Draws within the disc's own square, so that a small disc costs little.
    private func draw(_ disc: Picture.Disc, on canvas: borrowing Raster) throws(ImageEditorError) -> Raster {
        let size = picture.size
        let radius = disc.radius * Double(min(size.width, size.height))
        let centre = (x: disc.x * Double(size.width), y: disc.y * Double(size.height))
        guard radius >= 0.5, let area = PixelArea(around: centre, radius: radius, in: size) else {
            return try canvas.cropped(to: PixelArea(x: 0, y: 0, width: size.width, height: size.height))
        }
        // The square of the distance from the centre, halved by the mean: 0.5 on the circle.
        let mask = try Raster.positions(PixelSize(width: area.width, height: area.height), library)
            .linear(
                scale: [1 / radius, 1 / radius],
                offset: [(Double(area.x) - centre.x) / radius, (Double(area.y) - centre.y) / radius]
            )
            .squared()
            .bandMean()
            .bytes(scale: [-255 / Self.softness], offset: [127.5 / Self.softness])
            .bytes(scale: [min(1, max(0, disc.opacity))], offset: [0])
        let painted = try canvas.cropped(to: area).blending(disc.color, mask: mask)
        return try canvas.inserting(painted, x: area.x, y: area.y)
    }

    private func drawCaption(on canvas: consuming Raster) throws(ImageEditorError) -> Raster {
        let size = picture.size
        let setting = CaptionSetting(picture: size)
        guard let text = try setting.mask(of: Caption(picture.caption), library) else { return canvas }
        let left = (size.width - text.size.width) / 2
        let top = size.height - setting.margin - text.size.height
        let spread = max(1, setting.margin / 4)

        // Everything below happens in the strip that the caption and its shade cover.
        let fade = 3 * setting.margin
        let stripTop = max(0, top - fade)
        let area = PixelArea(x: 0, y: stripTop, width: size.width, height: size.height - stripTop)
        let strip = PixelSize(width: area.width, height: area.height)
        let letters = try text.embedded(in: strip, x: left, y: top - stripTop).inMemory()
        let halo = try letters.blurred(sigma: Double(spread)).bytes(scale: [Self.haloStrength], offset: [0])

        let painted = try canvas.cropped(to: area)
            .blending(Self.shadeColor, mask: shade(of: strip, startingAbove: top - area.y, over: fade))
            .blending(Self.shadeColor, mask: halo)
            .blending(Self.white, mask: letters)
        return try canvas.inserting(painted, x: area.x, y: area.y)
    }

    /// A mask that grows from nothing at its top to the full shade a little above the text.
    private func shade(
        of size: PixelSize,
        startingAbove textTop: Int,
        over fade: Int
    ) throws(ImageEditorError) -> Raster {
        let full = 255 * Self.shadeOpacity
        // Only y counts, twice because the mean halves it.
        return try Raster.positions(size, library)
            .linear(scale: [0, 2 / Double(fade)], offset: [0, 2 * (1 - Double(textTop) / Double(fade))])
            .bandMean()
            .bytes(scale: [255], offset: [0])
            .bytes(scale: [full / 255], offset: [0])
    }

    private func channels(_ color: Color) -> [Double] {
        [Double(color.red), Double(color.green), Double(color.blue)]
    }
}

extension PixelArea {
    /// The part of the picture that a circle touches, or nil when it lies outside.
    init?(around centre: (x: Double, y: Double), radius: Double, in size: PixelSize) {
        func clipped(_ position: Double, _ limit: Int) -> Int { Int(min(Double(limit), max(0, position))) }
        let left = clipped((centre.x - radius).rounded(.down), size.width)
        let top = clipped((centre.y - radius).rounded(.down), size.height)
        let right = clipped((centre.x + radius).rounded(.up), size.width)
        let bottom = clipped((centre.y + radius).rounded(.up), size.height)
        guard right > left, bottom > top else { return nil }
        self.init(x: left, y: top, width: right - left, height: bottom - top)
    }
}
