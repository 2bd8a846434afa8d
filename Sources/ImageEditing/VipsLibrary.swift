internal import CVips
internal import ImageJobs

/// Proof that libvips is loaded and started; whoever holds one may call it.
///
/// libvips and the state behind it exist once in a process, and so does this: it is loaded when the first
/// image comes, and stays.
@safe
struct VipsLibrary: @unchecked Sendable {
    // @unchecked: the table is written once, before this value exists, and never changed or freed.
    let functions: UnsafePointer<cvips>

    /// The library, loaded by the first who asks.
    static func loaded() throws(ImageEditorError) -> VipsLibrary { try shared.get() }

    private static let shared: Result<VipsLibrary, ImageEditorError> = {
        guard let functions = unsafe cvips_open("libvips.so.42") else {
            return .failure(.failed(reason: "libvips 8 is not installed (Debian package libvips42)"))
        }
        guard unsafe cvips_start(functions) == 0 else {
            return .failure(.failed(reason: "libvips did not start"))
        }
        return .success(unsafe VipsLibrary(functions: UnsafePointer(functions)))
    }()

    private init(functions: UnsafePointer<cvips>) { unsafe self.functions = functions }
}
