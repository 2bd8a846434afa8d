internal import CVips
internal import ImageJobs

/// One file whose header was accepted, decoded to its last line to see that it is whole.
struct Decoding {
    let header: ImageHeader
    let bytes: [UInt8]
    let library: VipsLibrary

    func facts() throws(ImageEditorError) -> ImageFacts {
        guard decodes() else { throw .undecodable(reason: "damaged or truncated") }
        return ImageFacts(format: header.format, size: header.size)
    }

    /// The decoder reads from the bytes while it makes pixels, so all of it happens while they are lent.
    private func decodes() -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            do throws(ImageEditorError) {
                let raster = try unsafe decoder(buffer)
                return raster.size == header.size && raster.decodesCompletely()
            } catch {
                // The only thing the library can tell about a file that it does not take.
                return false
            }
        }
    }

    private func decoder(_ buffer: UnsafeRawBufferPointer) throws(ImageEditorError) -> Raster {
        try unsafe Raster(library, "decode") { v, out in
            switch header.format {
            case .png: unsafe cvips_decode_png(v, buffer.baseAddress, buffer.count, &out)
            case .jpeg: unsafe cvips_decode_jpeg(v, buffer.baseAddress, buffer.count, &out)
            case .webp: unsafe cvips_decode_webp(v, buffer.baseAddress, buffer.count, &out)
            }
        }
    }
}
