internal import Glibc
package import ImageJobs

/// Keeps images as files under one folder, by the path of their key.
///
/// A file is complete and on the disk before its name appears, and is replaced in one step. Copies are one store.
package struct FolderImageStore: ImageStore {
    /// The folder for files that are not complete yet; on the same file system, so that a rename is one step.
    private static let incoming = ".incoming"

    private let root: String
    private let baseURL: String
    private let calls = BlockingCalls(label: "images")
    private let names: FileNames

    /// A stored file, for a server that sends it without reading it.
    package struct StoredFile: Sendable, Equatable {
        package let path: String
        package let byteCount: Int
    }

    /// Opens the folder, or creates it, and removes what an interrupted process left incomplete.
    ///
    /// `baseURL` is where the folder is served, such as `http://127.0.0.1:3000`.
    package static func open(root: String, baseURL: String) async throws(ImageStoreError) -> FolderImageStore
    {
        let store = FolderImageStore(root: root, baseURL: baseURL)
        try await store.run { () throws(FileError) in
            try OpenFile.makeDirectory(root)
            try OpenFile.makeDirectory("\(root)/\(incoming)")
            for name in try DirectoryListing.names(in: "\(root)/\(incoming)") {
                try OpenFile.remove("\(root)/\(incoming)/\(name)")
            }
            try OpenFile.syncDirectory(root)
        }
        return store
    }

    private init(root: String, baseURL: String) {
        self.root = root
        var base = baseURL[...]
        while base.hasSuffix("/") { base.removeLast() }
        self.baseURL = String(base)
        names = FileNames()
    }

    package func put(_ object: ImageObject) async throws(ImageStoreError) {
        let temporary = "\(root)/\(Self.incoming)/\(names.next())"
        let place = try place(of: object.key)
        try await run { () throws(FileError) in
            do throws(FileError) {
                // Readable by a web server of the machine, as published images are.
                let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL, permissions: 0o644)
                try file.write(object.bytes)
                try file.sync()
                try place.adopt(temporary)
            } catch {
                // The first error is the one to tell; what stays behind is removed at the next start.
                unsafe unlink(temporary)
                throw error
            }
        }
        // All at once: a disk takes as long for three flushes together as for one.
        async let fence = failureOfSync(place.fence)
        async let job = failureOfSync(place.job)
        async let images = failureOfSync(place.images)
        for failure in await [fence, job, images] {
            if let failure { throw failure }
        }
    }

    package func get(_ key: ImageKey) async throws(ImageStoreError) -> [UInt8]? {
        let place = try place(of: key)
        return try await run { () throws(FileError) -> [UInt8]? in
            do throws(FileError) {
                let file = try OpenFile(place.file, O_RDONLY)
                return try file.read(count: Int(try file.status().st_size))
            } catch  where error.code == ENOENT {
                return nil
            }
        }
    }

    package func delete(_ keys: [ImageKey]) async throws(ImageStoreError) {
        guard !keys.isEmpty else { return }
        let places = try keys.map { key throws(ImageStoreError) in try place(of: key) }
        try await run { [root] () throws(FileError) in
            for place in places { try OpenFile.remove(place.file) }
            for job in Set(places.map(\.job)) { try Self.prune(job, in: "\(root)/images") }
        }
    }

    package func keys(of job: JobID) async throws(ImageStoreError) -> [ImageKey] {
        let folder = "images/\(job)"
        return try await run { [root] () throws(FileError) in
            var keys: [ImageKey] = []
            for fence in try DirectoryListing.names(in: "\(root)/\(folder)") {
                for name in try DirectoryListing.names(in: "\(root)/\(folder)/\(fence)") {
                    if let key = ImageKey(path: "\(folder)/\(fence)/\(name)") { keys.append(key) }
                }
            }
            return keys
        }
    }

    package func url(for key: ImageKey) -> String { "\(baseURL)/\(key.path)" }

    package func check() async throws(ImageStoreError) {
        let probe = "\(root)/\(Self.incoming)/\(names.next())"
        try await run { () throws(FileError) in
            let file = try OpenFile(probe, O_WRONLY | O_CREAT | O_EXCL)
            defer { unsafe unlink(probe) }
            // A full disk still lets empty files be made.
            try file.write([0])
        }
    }

    /// Where the object lies and how large it is; nil when there is none.
    package func file(for key: ImageKey) async throws(ImageStoreError) -> StoredFile? {
        let place = try place(of: key)
        return try await run { () throws(FileError) -> StoredFile? in
            do throws(FileError) {
                let status = try OpenFile(place.file, O_RDONLY).status()
                guard status.st_mode & S_IFMT == S_IFREG else { return nil }
                return StoredFile(path: place.file, byteCount: Int(status.st_size))
            } catch  where error.code == ENOENT {
                return nil
            }
        }
    }
}

// MARK: - Files and folders

extension FolderImageStore {
    /// Where a key's file lies.
    ///
    /// A key is made so that it cannot leave the folder; that is checked once more here,
    /// where it would do harm.
    private func place(of key: ImageKey) throws(ImageStoreError) -> ImagePlace {
        guard let checked = ImageKey(path: key.path), let place = ImagePlace(root: root, key: checked) else {
            throw .misconfigured(reason: "not the key of an image")
        }
        return place
    }

    /// Syncs the folder even for a cancelled caller: the image is in its place, and few milliseconds remain.
    private func failureOfSync(_ folder: String) async -> ImageStoreError? {
        do {
            try await calls.run { () throws(FileError) in try ImagePlace.syncUnlessRemoved(folder) }
            return nil
        } catch {
            return ImageStoreError(error)
        }
    }

    private func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(FileError) -> Value
    ) async throws(ImageStoreError) -> Value {
        guard !Task.isCancelled else { throw .cancelled }
        do { return try await calls.run(body) } catch { throw ImageStoreError(error) }
    }

    /// Removes the job's folders if they are empty, and makes the removals last.
    private static func prune(_ job: String, in images: String) throws(FileError) {
        for fence in try DirectoryListing.names(in: job) {
            // Removed with its entries: then it is the folder above that must be synced.
            if try !OpenFile.removeEmptyDirectory("\(job)/\(fence)") {
                try ImagePlace.syncUnlessRemoved("\(job)/\(fence)")
            }
        }
        let isRemoved = try OpenFile.removeEmptyDirectory(job)
        try ImagePlace.syncUnlessRemoved(isRemoved ? images : job)
    }
}
