internal import CVips
internal import ImageJobs

extension Raster {
    /// Pixels that hold their own position: two bands, x and y.
    static func positions(_ size: PixelSize, _ library: VipsLibrary) throws(ImageEditorError) -> Raster {
        try unsafe Raster(library, "positions") { v, out in
            unsafe cvips_positions(v, Int32(size.width), Int32(size.height), &out)
        }
    }

    /// The mask of a text in Pango markup, in lines no wider than `width`.
    static func text(
        markup: String,
        font: String,
        width: Int,
        _ library: VipsLibrary
    ) throws(ImageEditorError) -> Raster {
        try unsafe Raster(library, "text") { v, out in
            unsafe cvips_text(v, markup, font, Int32(width), &out)
        }
    }

    /// Each band times its scale plus its offset; one band becomes as many as there are scales.
    func linear(scale: [Double], offset: [Double]) throws(ImageEditorError) -> Raster {
        try linear(scale: scale, offset: offset, asBytes: false)
    }

    /// The same, clipped to 0…255.
    func bytes(scale: [Double], offset: [Double]) throws(ImageEditorError) -> Raster {
        try linear(scale: scale, offset: offset, asBytes: true)
    }

    private func linear(scale: [Double], offset: [Double], asBytes: Bool) throws(ImageEditorError) -> Raster {
        precondition(scale.count == offset.count)
        return try unsafe derived("linear") { v, image, out in
            unsafe cvips_linear(v, image, scale, offset, Int32(scale.count), asBytes ? 1 : 0, &out)
        }
    }

    func squared() throws(ImageEditorError) -> Raster {
        try unsafe derived("multiply") { v, image, out in unsafe cvips_multiply(v, image, image, &out) }
    }

    func bandMean() throws(ImageEditorError) -> Raster {
        try unsafe derived("bandmean") { v, image, out in unsafe cvips_band_mean(v, image, &out) }
    }

    func asSRGB() throws(ImageEditorError) -> Raster {
        try unsafe derived("copy") { v, image, out in unsafe cvips_as_srgb(v, image, &out) }
    }

    func cropped(to area: PixelArea) throws(ImageEditorError) -> Raster {
        try unsafe derived("crop") { v, image, out in
            unsafe cvips_crop(
                v,
                image,
                Int32(area.x),
                Int32(area.y),
                Int32(area.width),
                Int32(area.height),
                &out
            )
        }
    }

    /// This image with another laid over it, whose top left corner is at `x`, `y`.
    func inserting(_ above: borrowing Raster, x: Int, y: Int) throws(ImageEditorError) -> Raster {
        try unsafe derived("insert") { v, image, out in
            unsafe cvips_insert(v, image, above.image, Int32(x), Int32(y), &out)
        }
    }

    /// This image with a colour laid over it as far as the mask says: 255 hides what is below.
    func blending(_ color: Color, mask: borrowing Raster) throws(ImageEditorError) -> Raster {
        let channels = [Double(color.red), Double(color.green), Double(color.blue)]
        let paint = try unsafe derived("fill") { v, image, out in
            unsafe out = cvips_filled(v, image, channels, Int32(channels.count))
            return unsafe out == nil ? -1 : 0
        }
        return try unsafe derived("blend") { v, image, out in
            unsafe cvips_blend(v, mask.image, paint.image, image, &out)
        }
    }

    /// This image on a black canvas, its top left corner at `x`, `y`.
    func embedded(in canvas: PixelSize, x: Int, y: Int) throws(ImageEditorError) -> Raster {
        try unsafe derived("embed") { v, image, out in
            unsafe cvips_embed(v, image, Int32(x), Int32(y), Int32(canvas.width), Int32(canvas.height), &out)
        }
    }

    func blurred(sigma: Double) throws(ImageEditorError) -> Raster {
        try unsafe derived("blur") { v, image, out in unsafe cvips_blur(v, image, sigma, &out) }
    }

    /// The same pixels, made now and kept, for an image that is read more than once.
    func inMemory() throws(ImageEditorError) -> Raster {
        try unsafe derived("copy to memory") { v, image, out in
            unsafe out = cvips_in_memory(v, image)
            return unsafe out == nil ? -1 : 0
        }
    }

    /// A PNG file of this image.
    func encodedAsPNG(level: Int, filter: Int) throws(ImageEditorError) -> [UInt8] {
        var buffer: UnsafeMutableRawPointer?
        var count = 0
        let code = unsafe cvips_encode_png(
            library.functions,
            image,
            Int32(level),
            Int32(filter),
            &buffer,
            &count
        )
        defer { unsafe cvips_free(library.functions, buffer) }
        guard code == 0, let start = unsafe buffer else { throw library.failure("encode PNG") }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    private func derived(
        _ operation: StaticString,
        _ make: (UnsafePointer<cvips>, OpaquePointer, inout OpaquePointer?)
            -> Int32
    ) throws(ImageEditorError) -> Raster {
        try unsafe Raster(library, operation) { v, out in unsafe make(v, image, &out) }
    }
}

/// A rectangle within an image, in pixels.
struct PixelArea: Equatable {
    let x: Int
    let y: Int
    let width: Int
    let height: Int
}
