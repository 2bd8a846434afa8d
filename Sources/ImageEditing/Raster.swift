internal import CVips
internal import ImageJobs

/// One image of libvips: pixels, or the recipe for them, released exactly once.
///
/// Operations cost nothing when they are written down; pixels are made when the image is measured, copied to
/// memory or encoded, a few lines at a time.
@safe
struct Raster: ~Copyable {
    let library: VipsLibrary
    let image: OpaquePointer

    /// Takes over the reference that `make` stores.
    ///
    /// libvips keeps the inputs of an operation alive as long as its output needs them.
    init(
        _ library: VipsLibrary,
        _ operation: StaticString,
        _ make: (UnsafePointer<cvips>, inout OpaquePointer?) -> Int32
    ) throws(ImageEditorError) {
        var made: OpaquePointer?
        let code = unsafe make(library.functions, &made)
        guard code == 0, let image = unsafe made else {
            if let unfinished = unsafe made { unsafe cvips_unref(library.functions, unfinished) }
            throw library.failure(operation)
        }
        self.library = library
        unsafe self.image = image
    }

    deinit { unsafe cvips_unref(library.functions, image) }

    var size: PixelSize {
        unsafe PixelSize(
            width: Int(cvips_width(library.functions, image)),
            height: Int(cvips_height(library.functions, image))
        )
    }

    /// Whether every pixel can be made.
    func decodesCompletely() -> Bool {
        var average = 0.0
        let code = unsafe cvips_average(library.functions, image, &average)
        if code != 0 { library.forgetMessages() }
        return code == 0
    }
}

extension VipsLibrary {
    /// An error that names the operation and nothing else: libvips' own messages may quote what a user wrote.
    func failure(_ operation: StaticString) -> ImageEditorError {
        forgetMessages()
        return .failed(reason: "\(operation)")
    }

    /// Empties the buffer in which libvips collects its messages.
    func forgetMessages() { unsafe cvips_error_clear(functions) }
}
