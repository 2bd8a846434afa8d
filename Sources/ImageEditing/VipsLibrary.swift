internal import CVips
internal import ImageJobs
internal import Synchronization

/// Proof that libvips is loaded and started; whoever holds one may call it.
///
/// libvips and the state behind it exist once in a process, and so does this: it is loaded when the first
/// image comes, and stays.
@safe
struct VipsLibrary: @unchecked Sendable {
    // @unchecked: the table is written once, before this value exists, and never changed or freed.
    let functions: UnsafePointer<cvips>

    private static let shared = Mutex<VipsLibrary?>(nil)

    /// The library, loaded by the first who asks.
    ///
    /// A failure is not remembered: it may be a passing one, such as too many open files.
    static func loaded() throws(ImageEditorError) -> VipsLibrary {
        try shared.withLock { (library: inout VipsLibrary?) throws(ImageEditorError) in
            if let library { return library }
            let loaded = try load()
            library = loaded
            return loaded
        }
    }

    private static func load() throws(ImageEditorError) -> VipsLibrary {
        guard let functions = unsafe cvips_open("libvips.so.42") else {
            throw .failed(reason: "libvips 8 cannot be loaded; it is the Debian package libvips42")
        }
        guard unsafe cvips_start(functions) == 0 else { throw .failed(reason: "libvips did not start") }
        return unsafe VipsLibrary(functions: UnsafePointer(functions))
    }

    private init(functions: UnsafePointer<cvips>) { unsafe self.functions = functions }
}
