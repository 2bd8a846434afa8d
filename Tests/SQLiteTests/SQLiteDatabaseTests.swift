import Dispatch
import SQLite
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct SQLiteDatabaseTests {
    private let folder: ScratchFolder
    private static let migrations = [
        SQLiteMigration(1, "CREATE TABLE things (size INTEGER PRIMARY KEY, bytes BLOB) STRICT")
    ]

    init() throws { folder = try ScratchFolder() }

    private func open(_ settings: SQLiteSettings = .init()) async throws -> SQLiteDatabase {
        try await SQLiteDatabase.open(
            path: folder.file("test.sqlite"),
            settings: settings,
            migrations: Self.migrations
        )
    }

    private static func sizes(_ connection: SQLiteConnection) throws(SQLiteError) -> [Int64] {
        try connection.rows("SELECT size FROM things ORDER BY size") { row throws(SQLiteError) in
            try row.integer(0)
        }
    }

    @Test func `a read after a write sees it`() async throws {
        let database = try await open()
        for size in 0..<50 {
            try await database.write { connection throws(SQLiteError) in
                try connection.run("INSERT INTO things (size) VALUES (\(size))")
            }
            #expect(try await database.read(Self.sizes).count == size + 1)
        }
    }

    @Test func `of many writes at once each is done or undone by itself`() async throws {
        let database = try await open()
        let succeeded = await withTaskGroup(of: Int?.self) { group in
            for size in 0..<600 {
                group.addTask {
                    do throws(SQLiteError) {
                        return try await database.write { connection throws(SQLiteError) in
                            try connection.run("INSERT INTO things (size) VALUES (\(size))")
                            // Every third changes something and then fails.
                            if size % 3 == 0 { throw .unexpectedValue(column: size) }
                            return size
                        }
                    } catch {
                        #expect(error == .unexpectedValue(column: size))
                        return nil
                    }
                }
            }
            return await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
        #expect(succeeded.count == 400)
        #expect(try await database.read(Self.sizes) == succeeded.sorted().map { Int64($0) })
    }

    @Test func `what fits is stored and what does not is refused, and every answer is true`() async throws {
        let database = try await open(.init(pageLimit: 60))
        let stored = await withTaskGroup(of: Int64?.self) { group in
            for size in 0..<40 {
                group.addTask {
                    do throws(SQLiteError) {
                        let bytes = [UInt8](repeating: 1, count: 12_000)
                        try await database.write { connection throws(SQLiteError) in
                            try connection.run("INSERT INTO things (size, bytes) VALUES (\(size), \(bytes))")
                        }
                        return Int64(size)
                    } catch {
                        #expect(error == .failed(.full))
                        return nil
                    }
                }
            }
            return await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
        #expect(stored.count < 40)
        #expect(try await database.read(Self.sizes) == stored.sorted())
        try await database.read { connection throws(SQLiteError) in try connection.checkIntegrity() }
    }

    @Test func `a reader does not wait for a writer`() async throws {
        let database = try await open()
        let (isWriting, mayCommit) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let written: Void = database.write { connection throws(SQLiteError) in
            try connection.run("INSERT INTO things (size) VALUES (1)")
            isWriting.signal()
            // Blocks the writer's own thread, as a slow disk would.
            mayCommit.wait()
        }
        let seen = try await database.read { connection throws(SQLiteError) in
            isWriting.wait()
            return try Self.sizes(connection)
        }
        mayCommit.signal()
        try await written
        #expect(seen.isEmpty)
    }

    @Test func `more callers than may wait are refused`() async throws {
        let database = try await open(.init(waitingLimit: 3))
        let (isWriting, mayGoOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await database.write { _ in
                    isWriting.signal()
                    mayGoOn.wait()
                    return false
                }
            }
            _ = try await database.read { _ in isWriting.wait() }
            for _ in 0..<10 {
                group.addTask {
                    do throws(SQLiteError) {
                        return try await database.write { _ in false }
                    } catch {
                        #expect(error == .overloaded)
                        // One of the refused lets the first go on: by then all that may wait do.
                        mayGoOn.signal()
                        return true
                    }
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(refused >= 1 && refused <= 7)
    }

    @Test func `a cancelled caller does nothing`() async throws {
        let database = try await open()
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                await #expect(throws: SQLiteError.cancelled) {
                    try await database.write { connection throws(SQLiteError) in
                        try connection.run("INSERT INTO things (size) VALUES (1)")
                    }
                }
            }
        }
        #expect(try await database.read(Self.sizes).isEmpty)
    }

    @Test func `a closed database refuses, and its file opens again without a log`() async throws {
        let database = try await open()
        try await database.write { connection throws(SQLiteError) in
            try connection.run("INSERT INTO things (size) VALUES (1)")
        }
        try await database.close()
        await #expect(throws: SQLiteError.closed) { try await database.read(Self.sizes) }
        await #expect(throws: SQLiteError.closed) { try await database.write { _ in } }
        try await database.close()

        let other = try ScratchFolder()
        try folder.copy(["test.sqlite"], to: other)
        let again = try SQLiteConnection(path: other.file("test.sqlite"))
        #expect(try Self.sizes(again) == [1])
    }

    @Test func `what was committed survives a process that never closed`() async throws {
        let database = try await open()
        for size in 0..<20 {
            try await database.write { connection throws(SQLiteError) in
                try connection.run("INSERT INTO things (size) VALUES (\(size))")
            }
        }
        let crashed = try ScratchFolder()
        try folder.copy(["test.sqlite", "test.sqlite-wal"], to: crashed)

        let reopened = try SQLiteConnection(path: crashed.file("test.sqlite"))
        #expect(try Self.sizes(reopened) == (0..<20).map { Int64($0) })
        try reopened.checkIntegrity()
    }

    @Test func `a file that lost its log opens whole, as it was before`() async throws {
        let database = try await open()
        try await database.write { connection throws(SQLiteError) in
            try connection.run("INSERT INTO things (size) VALUES (1)")
        }
        try await database.close()
        let again = try await open()
        try await again.write { connection throws(SQLiteError) in
            try connection.run("INSERT INTO things (size) VALUES (2)")
        }
        let damaged = try ScratchFolder()
        try folder.copy(["test.sqlite"], to: damaged)

        let reopened = try SQLiteConnection(path: damaged.file("test.sqlite"))
        #expect(try Self.sizes(reopened) == [1])
        try reopened.checkIntegrity()
    }

    @Test(arguments: [SQLiteCode.syncFailed, .directorySyncFailed])
    func `after a failed sync nothing is written until the file is opened anew`(
        _ code: SQLiteCode
    ) async throws {
        let database = try await open()
        // The error comes from a body here; from a commit it takes the same way.
        await #expect(throws: SQLiteError.failed(code)) {
            try await database.write { _ throws(SQLiteError) in throw .failed(code) }
        }
        await #expect(throws: SQLiteError.durabilityLost) { try await database.write { _ in } }
        #expect(try await database.read(Self.sizes).isEmpty)
        try await database.close()

        try await open()
            .write { connection throws(SQLiteError) in
                try connection.run("INSERT INTO things (size) VALUES (1)")
            }
    }
}
