internal import CVips
package import ImageJobs

/// Reads and draws images with libvips, on threads of its own.
///
/// libvips is loaded when the first image comes. At most `parallelism` images are worked on at once, which
/// together with the limits bounds the memory.
package final class VipsEditor: ImageEditor {
    /// What an editor needs to know.
    package struct Settings: Sendable {
        /// How many images are worked on at once.
        package var parallelism = 2
        package var limits = ImageLimits()

        /// The settings of a worker with two processors.
        package init() {}
    }

    private let settings: Settings
    private let lane: BoundedLane

    /// An editor; several may exist in a process.
    package init(_ settings: Settings = Settings()) {
        self.settings = settings
        // What a picture took is given back to the system, or an idle worker would keep it.
        lane = BoundedLane(label: "image editing", width: max(1, settings.parallelism)) { cvips_trim() }
    }

    package func inspect(_ bytes: [UInt8]) async throws(ImageEditorError) -> ImageFacts {
        let limits = settings.limits
        guard bytes.count <= limits.bytes else { throw .tooLarge }
        let header = try ImageHeader(bytes)
        try limits.check(header)
        return try await run { () throws(ImageEditorError) in
            try Decoding(header: header, bytes: bytes, library: .loaded()).facts()
        }
    }

    package func draw(_ picture: Picture) async throws(ImageEditorError) -> [UInt8] {
        let limits = settings.limits
        let size = picture.size
        guard size.width > 0, size.height > 0 else { throw .failed(reason: "a picture without pixels") }
        guard size.width <= limits.edge, size.height <= limits.edge, size.width * size.height <= limits.pixels
        else { throw .tooLarge }
        return try await run { () throws(ImageEditorError) in
            try PictureDrawing(picture: picture, library: .loaded()).raster().drawnPNG()
        }
    }

    private func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(ImageEditorError) -> Value
    ) async throws(ImageEditorError) -> Value {
        let result: Result<Value, ImageEditorError>
        do {
            result = try await lane.run { () -> Result<Value, ImageEditorError> in
                do throws(ImageEditorError) { return .success(try work()) } catch { return .failure(error) }
            }
        } catch {
            throw .cancelled
        }
        if Task.isCancelled { throw .cancelled }
        return try result.get()
    }
}

extension Raster {
    /// The PNG of a drawing: smooth areas and few colours pack well without filtering, and in a third of the time
    /// that trying every filter takes.
    consuming func drawnPNG() throws(ImageEditorError) -> [UInt8] {
        try encodedAsPNG(level: 5, filter: PNGFilter.none)
    }
}

/// The row filters of PNG, as libvips numbers them.
enum PNGFilter {
    static let none = 0x08
}
