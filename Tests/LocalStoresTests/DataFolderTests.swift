import Foundation
import ImageJobs
import LocalStores
import TestSupport
import Testing

struct DataFolderTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func open() async throws -> DataFolder {
        try await DataFolder.open(at: folder.file("a/data"), imageBaseURL: "http://127.0.0.1:3000")
    }

    @Test func `a second instance on the same folder is refused and told who has it`() async throws {
        let first = try await open()
        let error = await #expect(throws: InstanceLockError.self) { try await open() }
        let process = Int(ProcessInfo.processInfo.processIdentifier)
        #expect(error == .taken(folder: folder.file("a/data"), process: process))
        #expect(error?.description.contains("process \(process)") == true)
        try await first.close()
    }

    @Test func `the folder is free when its owner is gone, and all is still there`() async throws {
        let job = try await recordSomething()
        let again = try await open()
        #expect(try await again.jobs.find(job)?.id == job)
        #expect(try await again.queue.counts().visible == 1)
    }

    private func recordSomething() async throws -> JobID {
        let data = try await open()
        let job = try #require(try await data.jobs.insert([SampleJobs.job()]).first)
        _ = try await data.queue.send([job.id])
        try await data.close()
        return job.id
    }

    @Test func `only the owner may read the folder`() async throws {
        _ = try await open()
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("a/data"))
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func `a folder that cannot be made is unusable`() throws {
        try Data([1]).write(to: URL(fileURLWithPath: folder.file("file")))
        let error = #expect(throws: InstanceLockError.self) {
            _ = try InstanceLock(folder: folder.file("file/data"))
        }
        guard case .unusable = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test func `a lock is free again when it is dropped`() throws {
        let path = folder.file("lock-only")
        do {
            let lock = try InstanceLock(folder: path)
            #expect(throws: InstanceLockError.self) { _ = try InstanceLock(folder: path) }
            _ = consume lock
        }
        _ = try InstanceLock(folder: path)
    }
}
