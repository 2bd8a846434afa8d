import Foundation
import ImageJobs
import TestSupport
import Testing

@testable import LocalStores

@Suite(.timeLimit(.minutes(5)))
struct FolderImageStoreTests {
    private let folder: ScratchFolder
    private let claim = Claim(job: SampleJobs.id(), fence: Fence(rawValue: 3))

    init() throws { folder = try ScratchFolder() }

    private var root: String { folder.file("files") }

    private func open() async throws -> FolderImageStore {
        try await FolderImageStore.open(root: root, baseURL: "http://127.0.0.1:3000")
    }

    private func object(index: Int = 0, bytes: [UInt8] = [1, 2, 3]) -> ImageObject {
        let key = ImageKey(claim: claim, index: index, suffix: .png)
        return ImageObject(
            key: key,
            format: .png,
            bytes: bytes,
            sha256: ReferenceSHA256.hexadecimal(of: bytes)
        )
    }

    private func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test(arguments: ImageStorePromise.allCases)
    func `the store keeps its promise:`(_ promise: ImageStorePromise) async throws {
        let root = root
        let contract = ImageStoreContract {
            try await FolderImageStore.open(root: root, baseURL: "http://127.0.0.1:3000/")
        }
        try await contract.verify(promise)
    }

    @Test func `a stored file is found with its size, for a server to send`() async throws {
        let store = try await open()
        let object = object(bytes: [UInt8](repeating: 9, count: 70_000))
        #expect(try await store.file(for: object.key) == nil)
        try await store.put(object)

        let file = try #require(try await store.file(for: object.key))
        #expect(file.byteCount == 70_000)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == Data(object.bytes))
        #expect(file.path == "\(root)/images/\(claim.job)/3/result.png")
        #expect(store.url(for: object.key) == "http://127.0.0.1:3000/images/\(claim.job)/3/result.png")
    }

    @Test func `nothing incomplete is left after puts, and none of it is listed`() async throws {
        let store = try await open()
        for index in 0..<3 { try await store.put(object(index: index)) }
        #expect(try names("\(root)/.incoming").isEmpty)
        #expect(try names("\(root)/images/\(claim.job)/3") == ["2.png", "3.png", "result.png"])
    }

    @Test func `opening removes what an interrupted process left, and keeps the images`() async throws {
        let object = object()
        try await open().put(object)
        try Data([1]).write(to: URL(fileURLWithPath: "\(root)/.incoming/123-1"))

        let store = try await open()
        #expect(try names("\(root)/.incoming").isEmpty)
        #expect(try await store.get(object.key) == object.bytes)
    }

    @Test func `deleting the last image removes the job's folders, and only then`() async throws {
        let store = try await open()
        let (first, second) = (object(), object(index: 1))
        try await store.put(first)
        try await store.put(second)
        try await store.delete([first.key])
        #expect(try names("\(root)/images") == ["\(claim.job)"])
        try await store.delete([second.key])
        #expect(try names("\(root)/images").isEmpty)
        try await store.put(first)
        #expect(try await store.get(first.key) == first.bytes)
    }

    @Test func `puts and deletes of one job at once leave what was put and not deleted`() async throws {
        let store = try await open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<10 {
                group.addTask {
                    for _ in 0..<10 {
                        try await store.put(object(index: index))
                        if index.isMultiple(of: 2) { try await store.delete([object(index: index).key]) }
                    }
                }
            }
            try await group.waitForAll()
        }
        let left = [1, 3, 5, 7, 9].map { object(index: $0).key }
        #expect(try await Set(store.keys(of: claim.job)) == Set(left))
    }

    @Test func `files that are no images of ours are not listed`() async throws {
        let store = try await open()
        try await store.put(object())
        for name in ["notes.txt", "result.png.bak", "11.png", ".hidden"] {
            try Data([1]).write(to: URL(fileURLWithPath: "\(root)/images/\(claim.job)/3/\(name)"))
        }
        #expect(try await store.keys(of: claim.job) == [object().key])
    }

    @Test func `a link in place of an image is not followed`() async throws {
        let store = try await open()
        let key = object().key
        try await store.put(object())
        try FileManager.default.removeItem(atPath: "\(root)/\(key.path)")
        try Data([42]).write(to: URL(fileURLWithPath: folder.file("secret")))
        try FileManager.default.createSymbolicLink(
            atPath: "\(root)/\(key.path)",
            withDestinationPath: folder.file("secret")
        )
        await #expect(throws: ImageStoreError.self) { try await store.get(key) }
        await #expect(throws: ImageStoreError.self) { try await store.file(for: key) }
    }

    @Test func `a root that is a file is misconfigured`() async throws {
        try Data([1]).write(to: URL(fileURLWithPath: root))
        let error = await #expect(throws: ImageStoreError.self) { try await open() }
        #expect(error?.isMisconfigured == true)
    }

    @Test func `a root that is gone fails the check and each put, and shows no path`() async throws {
        let store = try await open()
        try FileManager.default.removeItem(atPath: root)
        let error = await #expect(throws: ImageStoreError.self) { try await store.check() }
        #expect(error?.description.contains(root) == false)
        await #expect(throws: ImageStoreError.self) { try await store.put(object()) }
        #expect(try await store.get(object().key) == nil)
    }

    @Test(arguments: [ENOSPC, EDQUOT, EIO, EMFILE, ENOMEM])
    func `an error that may pass is unavailable`(_ code: Int32) {
        let error = ImageStoreError(FileError("write", code))
        guard case .unavailable(let reason) = error else {
            Issue.record("got \(error)")
            return
        }
        #expect(reason.hasPrefix("write: "))
        #expect(reason.count > "write: ".count)
    }

    @Test(arguments: [EACCES, EPERM, EROFS, ENOTDIR, ELOOP])
    func `an error that someone must act on is misconfigured`(_ code: Int32) {
        #expect(ImageStoreError(FileError("open", code)).isMisconfigured)
    }

    @Test func `a cancelled caller stores nothing`() async throws {
        let store = try await open()
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                await #expect(throws: ImageStoreError.cancelled) { try await store.put(object()) }
            }
        }
        #expect(try await store.get(object().key) == nil)
    }

    @Test func `the reference digest is the standard's`() {
        #expect(
            ReferenceSHA256.hexadecimal(of: Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            ReferenceSHA256.hexadecimal(of: [UInt8](repeating: 0x61, count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        )
    }
}

extension ImageStoreError {
    fileprivate var isMisconfigured: Bool { if case .misconfigured = self { true } else { false } }
}
