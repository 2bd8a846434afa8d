package import ImageJobs
import Testing

/// What a caller may rely on from every `ImageStore`, one sentence each.
///
/// Run them all: `@Test(arguments: ImageStorePromise.allCases)`, then `contract.verify(promise)`.
package enum ImageStorePromise: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case bytesComeBackExactly = "what was put is read back byte for byte"
    case missingIsNil = "an object that was never put is nil"
    case puttingAgainReplaces = "putting the same key again replaces the object"
    case concurrentPutsLeaveOneWhole = "concurrent puts of one key leave one of them, whole"
    case deletedIsGone = "a deleted object is gone, its neighbours are not"
    case deletingMissingIsNoError = "deleting what is missing, or nothing, is no error"
    case deletingMany = "many objects are deleted in one call"
    case keysListEveryAttempt = "the keys of a job are those of all its attempts and of no other job"
    case keysOfUnknownJobAreNone = "a job without objects has no keys"
    case urlNamesTheKey = "the address ends with the key's path, whether or not the object exists"
    case checkReturns = "a working store passes its check"

    package var testDescription: String { rawValue }
}

/// The promises of `ImageStore`, verified on whatever stands behind it.
package struct ImageStoreContract<Store: ImageStore>: Sendable {
    /// Makes a store.
    ///
    /// It may hold other objects: the suite uses jobs of its own.
    let makeStore: @Sendable () async throws -> Store

    package init(makeStore: @escaping @Sendable () async throws -> Store) { self.makeStore = makeStore }

    /// Fails the current test when the store breaks the promise.
    package func verify(_ promise: ImageStorePromise) async throws {
        let store = try await makeStore()
        switch promise {
        case .bytesComeBackExactly: try await bytesComeBackExactly(store)
        case .missingIsNil: try await missingIsNil(store)
        case .puttingAgainReplaces: try await puttingAgainReplaces(store)
        case .concurrentPutsLeaveOneWhole: try await concurrentPutsLeaveOneWhole(store)
        case .deletedIsGone: try await deletedIsGone(store)
        case .deletingMissingIsNoError: try await deletingMissingIsNoError(store)
        case .deletingMany: try await deletingMany(store)
        case .keysListEveryAttempt: try await keysListEveryAttempt(store)
        case .keysOfUnknownJobAreNone: try await keysOfUnknownJobAreNone(store)
        case .urlNamesTheKey: try await urlNamesTheKey(store)
        case .checkReturns: try await store.check()
        }
    }
}

extension ImageStoreContract {
    private func bytesComeBackExactly(_ store: Store) async throws {
        let job = makeJob()
        for (index, count) in [1, 2, 4095, 4096, 65_537, 1_048_576].enumerated() {
            let object = makeObject(makeKey(of: job, index: index), byteCount: count, seed: UInt8(index))
            try await store.put(object)
            #expect(try await store.get(object.key) == object.bytes, "of \(count) bytes")
        }
    }

    private func missingIsNil(_ store: Store) async throws {
        #expect(try await store.get(makeKey(of: makeJob())) == nil)
    }

    private func puttingAgainReplaces(_ store: Store) async throws {
        let key = makeKey(of: makeJob())
        try await store.put(makeObject(key, byteCount: 5000, seed: 1))
        let shorter = makeObject(key, byteCount: 10, seed: 2)
        try await store.put(shorter)
        #expect(try await store.get(key) == shorter.bytes)
        #expect(try await store.keys(of: try #require(key.job)) == [key])
    }

    private func concurrentPutsLeaveOneWhole(_ store: Store) async throws {
        let key = makeKey(of: makeJob())
        let objects = (1...8).map { makeObject(key, byteCount: 20_000 + $0, seed: UInt8($0)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for object in objects { group.addTask { try await store.put(object) } }
            try await group.waitForAll()
        }
        let stored = try await store.get(key)
        #expect(objects.contains { $0.bytes == stored })
    }

    private func deletedIsGone(_ store: Store) async throws {
        let job = makeJob()
        let (gone, kept) = (makeObject(makeKey(of: job)), makeObject(makeKey(of: job, index: 1)))
        try await store.put(gone)
        try await store.put(kept)

        try await store.delete([gone.key])

        #expect(try await store.get(gone.key) == nil)
        #expect(try await store.get(kept.key) == kept.bytes)
        #expect(try await store.keys(of: job) == [kept.key])
    }

    private func deletingMissingIsNoError(_ store: Store) async throws {
        let object = makeObject(makeKey(of: makeJob()))
        try await store.put(object)

        try await store.delete([])
        try await store.delete([makeKey(of: makeJob()), object.key, makeKey(of: makeJob())])
        try await store.delete([object.key])

        #expect(try await store.get(object.key) == nil)
    }

    private func deletingMany(_ store: Store) async throws {
        let job = makeJob()
        let keys = (1...3).flatMap { fence in (0..<10).map { makeKey(of: job, fence: fence, index: $0) } }
        for key in keys { try await store.put(makeObject(key)) }
        #expect(try await Set(store.keys(of: job)) == Set(keys))

        try await store.delete(keys)

        #expect(try await store.keys(of: job).isEmpty)
    }

    private func keysListEveryAttempt(_ store: Store) async throws {
        let (job, other) = (makeJob(), makeJob())
        let keys = [
            makeKey(of: job), makeKey(of: job, index: 9), makeKey(of: job, fence: 2, format: .webp),
            makeKey(of: job, fence: 12, index: 1, format: .jpeg),
        ]
        for key in keys + [makeKey(of: other)] { try await store.put(makeObject(key)) }

        let listed = try await store.keys(of: job)

        #expect(listed.count == keys.count)
        #expect(Set(listed) == Set(keys))
    }

    private func keysOfUnknownJobAreNone(_ store: Store) async throws {
        #expect(try await store.keys(of: makeJob()).isEmpty)
    }

    private func urlNamesTheKey(_ store: Store) async throws {
        let key = makeKey(of: makeJob(), index: 2)
        #expect(store.url(for: key).hasPrefix("http"))
        #expect(store.url(for: key).hasSuffix("/" + key.path))
    }
}

extension ImageStoreContract {
    private func makeJob() -> JobID {
        JobID(
            millisecondsSinceEpoch: 1_790_000_000_000,
            random: (.random(in: .min ... .max), .random(in: .min ... .max))
        )
    }

    private func makeKey(
        of job: JobID,
        fence: Int64 = 1,
        index: Int = 0,
        format: ImageFormat = .png
    ) -> ImageKey {
        ImageKey(claim: Claim(job: job, fence: Fence(rawValue: fence)), index: index, suffix: format)
    }

    /// An object of bytes that cover every value and do not repeat at a power of two.
    private func makeObject(_ key: ImageKey, byteCount: Int = 100, seed: UInt8 = 0) -> ImageObject {
        let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 % 251 + $0 / 251) &+ seed }
        let format = ImageFormat.allCases.first { key.path.hasSuffix($0.fileSuffix) } ?? .png
        return ImageObject(
            key: key,
            format: format,
            bytes: bytes,
            sha256: ReferenceSHA256.hexadecimal(of: bytes)
        )
    }
}

extension ImageKey {
    /// The job the key belongs to.
    fileprivate var job: JobID? { path.split(separator: "/").dropFirst().first.flatMap { JobID($0) } }
}
