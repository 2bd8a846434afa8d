import Foundation
import ImageJobs
import LocalStores
import SQLite
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct SQLiteJobStoreTests {
    private let folder: ScratchFolder
    private let clock = FakeClock()
    private let worker = WorkerID(rawValue: "worker")

    init() throws { folder = try ScratchFolder() }

    private var path: String { folder.file("jobs.sqlite") }

    private func open(_ settings: SQLiteSettings = .init()) async throws -> SQLiteJobStore {
        try await SQLiteJobStore.open(path: path, settings: settings, now: clock.now)
    }

    @Test(arguments: JobStoreContract<SQLiteJobStore>.promises)
    func `the store keeps its promise:`(_ promise: JobStoreContract<SQLiteJobStore>.Promise) async throws {
        try await promise.check(JobStoreContract(store: try await open()) { clock.advance(by: $0) })
    }

    @Test func `it works on the machine's clock`() async throws {
        let store = try await SQLiteJobStore.open(path: path)
        let before = WallClock.now()
        let job = try #require(try await store.insert([SampleJobs.job()]).first)
        #expect(job.createdAt >= before)
        #expect(job.createdAt <= WallClock.now())
        try await store.check()
    }

    @Test func `two stores on one file never both get a job`() async throws {
        let stores = [try await open(), try await open()]
        let ids = try await stores[0].insert((0..<60).map { _ in SampleJobs.job() }).map(\.id)
        let claimed = try await withThrowingTaskGroup(of: [JobID].self) { group in
            for number in 0..<8 {
                group.addTask {
                    let answers = try await stores[number % 2].claim(ids, for: worker, lease: .seconds(30))
                    return answers.compactMap { if case .claimed(let job) = $0 { job.id } else { nil } }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == ids.count)
        #expect(Set(claimed) == Set(ids))
    }

    @Test func `what was accepted survives a process that never closed`() async throws {
        let store = try await open()
        let jobs = try await store.insert((0..<20).map { _ in SampleJobs.job() })
        let crashed = try ScratchFolder()
        try folder.copy(["jobs.sqlite", "jobs.sqlite-wal"], to: crashed)

        let reopened = try await SQLiteJobStore.open(path: crashed.file("jobs.sqlite"), now: clock.now)
        for job in jobs { #expect(try await reopened.find(job.id) == job) }
        try await reopened.checkIntegrity()
    }

    @Test func `jobs are there after closing and opening`() async throws {
        let store = try await open()
        let job = try #require(try await store.insert([SampleJobs.job()]).first)
        try await store.close()
        await #expect(throws: JobStoreError.unavailable(reason: "the database is closed")) {
            try await store.find(job.id)
        }
        #expect(try await open().find(job.id) == job)
    }

    @Test func `a locked file is unavailable, and works when the lock is gone`() async throws {
        let store = try await open(.init(busyTimeout: .milliseconds(20)))
        let other = try SQLiteConnection(path: path)
        try other.run("BEGIN IMMEDIATE")
        let error = await #expect(throws: JobStoreError.self) { try await store.insert([SampleJobs.job()]) }
        #expect(error?.isUnavailable == true)
        let checked = await #expect(throws: JobStoreError.self) { try await store.check() }
        #expect(checked?.isUnavailable == true)
        // Readers are served meanwhile.
        #expect(try await store.find(SampleJobs.id()) == nil)

        try other.run("ROLLBACK")
        #expect(try await store.insert([SampleJobs.job()]).count == 1)
    }

    @Test func `a full disk is unavailable, loses nothing accepted, and damages nothing`() async throws {
        let store = try await open(.init(pageLimit: 120))
        var accepted: [Job] = []
        let error = await #expect(throws: JobStoreError.self) {
            while accepted.count < 10_000 {
                accepted += try await store.insert((0..<20).map { _ in SampleJobs.job() })
            }
        }
        #expect(error?.isUnavailable == true)
        #expect(!accepted.isEmpty)
        for job in accepted { #expect(try await store.find(job.id) == job) }
        try await store.checkIntegrity()

        try await store.close()
        let roomy = try await open()
        #expect(try await roomy.insert([SampleJobs.job()]).count == 1)
    }

    @Test func `a file that is no database, or newer than the program, is rejected`() async throws {
        try Data(repeating: 1, count: 5000).write(to: URL(fileURLWithPath: folder.file("other")))
        let error = await #expect(throws: JobStoreError.self) {
            try await SQLiteJobStore.open(path: folder.file("other"))
        }
        #expect(error?.isRejected == true)

        try await open().close()
        try SQLiteConnection(path: path).run("PRAGMA user_version = 99")
        let newer = await #expect(throws: JobStoreError.self) { try await open() }
        #expect(newer?.isRejected == true)
        #expect(newer?.description.contains("99") == true)
    }

    @Test func `a row that this program did not write is rejected and shows nothing of itself`() async throws
    {
        let store = try await open()
        let job = try #require(try await store.insert([SampleJobs.job()]).first)
        try SQLiteConnection(path: path).run("UPDATE jobs SET request = '{\"prompt\":\"secret\"}'")
        let error = await #expect(throws: JobStoreError.self) { try await store.find(job.id) }
        #expect(error?.isRejected == true)
        #expect(error?.description.contains("secret") == false)
    }

    @Test func `the file itself refuses to change a terminal job or to write an impossible one`() async throws
    {
        let store = try await open()
        let job = try #require(try await store.insert([SampleJobs.job()]).first)
        let other = try SQLiteConnection(path: path)
        #expect(throws: SQLiteError.self) { try other.run("UPDATE jobs SET status = 'COMPLETED'") }
        #expect(throws: SQLiteError.self) { try other.run("UPDATE jobs SET lease_until = 1") }
        #expect(throws: SQLiteError.self) { try other.run("UPDATE jobs SET status = 'LOST'") }

        _ = try await store.claim([job.id], for: worker, lease: .seconds(9))
        let claim = Claim(job: job.id, fence: Fence(rawValue: 1))
        _ = try await store.settle([Settlement(claim: claim, outcome: .failed(SampleJobs.failure))])
        let error = #expect(throws: SQLiteError.self) { try other.run("UPDATE jobs SET attempt = 9") }
        #expect(error?.description.contains("terminal") == true)
    }

    @Test func `a cancelled caller records nothing`() async throws {
        let store = try await open()
        let job = SampleJobs.job()
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                await #expect(throws: JobStoreError.cancelled) { try await store.insert([job]) }
            }
        }
        #expect(try await store.find(job.id) == nil)
    }

    @Test func `jobs that need a message are found by an index, however many are done`() async throws {
        try await open().close()
        let connection = try SQLiteConnection(path: path)
        let unpublished = try plan(
            "SELECT id FROM jobs WHERE published_at IS NULL AND finished_at IS NULL AND created_at <= 1 ORDER BY created_at, sequence",
            on: connection
        )
        #expect(unpublished == ["SEARCH jobs USING INDEX jobs_unpublished (created_at<?)"])
        let stranded = try plan(
            "SELECT id FROM jobs WHERE published_at IS NOT NULL AND finished_at IS NULL AND published_at <= 1 ORDER BY published_at, sequence",
            on: connection
        )
        #expect(stranded == ["SEARCH jobs USING INDEX jobs_published (published_at>? AND published_at<?)"])
    }

    private func plan(_ sql: String, on connection: SQLiteConnection) throws -> [String] {
        try connection.rows(SQLiteQuery(stringLiteral: "EXPLAIN QUERY PLAN " + sql)) {
            row throws(SQLiteError) in
            try row.text(3)
        }
    }
}

extension JobStoreError {
    var isUnavailable: Bool { if case .unavailable = self { true } else { false } }
    var isRejected: Bool { if case .rejected = self { true } else { false } }
}
