import SQLite
import TestSupport
import Testing

struct SQLiteTransactionTests {
    private struct Stop: Error {}

    private let folder: ScratchFolder
    private let connection: SQLiteConnection

    init() throws {
        folder = try ScratchFolder()
        connection = try SQLiteConnection(path: folder.file("test.sqlite"))
        try connection.run("CREATE TABLE things (size INTEGER PRIMARY KEY) STRICT")
    }

    private func open(
        _ settings: SQLiteSettings = .init(),
        role: SQLiteConnection.Role = .writing
    ) throws -> SQLiteConnection {
        try SQLiteConnection(path: folder.file("test.sqlite"), settings: settings, role: role)
    }

    private func add(_ size: Int, on connection: SQLiteConnection) throws(SQLiteError) {
        try connection.run("INSERT INTO things (size) VALUES (\(size))")
    }

    private func sizes(_ connection: SQLiteConnection) throws(SQLiteError) -> [Int64] {
        try connection.rows("SELECT size FROM things ORDER BY size") { row throws(SQLiteError) in
            try row.integer(0)
        }
    }

    @Test func `a transaction that fails changes nothing`() throws {
        #expect(throws: SQLiteError.closed) {
            try connection.transaction { () throws(SQLiteError) in
                try add(1, on: connection)
                throw .closed
            }
        }
        #expect(!connection.isInTransaction)
        #expect(try sizes(connection).isEmpty)
    }

    @Test func `a savepoint that fails undoes itself alone`() throws {
        try connection.transaction { () throws(SQLiteError) in
            try add(1, on: connection)
            do throws(SQLiteError) {
                try connection.savepoint { () throws(SQLiteError) in
                    try add(2, on: connection)
                    throw .closed
                }
            } catch {
                #expect(error == .closed)
            }
            try connection.savepoint { () throws(SQLiteError) in try add(3, on: connection) }
        }
        #expect(try sizes(connection) == [1, 3])
    }

    @Test func `a snapshot does not see what is committed meanwhile`() throws {
        let other = try open()
        try connection.snapshot { () throws(SQLiteError) in
            #expect(try sizes(connection).isEmpty)
            try add(1, on: other)
            #expect(try sizes(connection).isEmpty)
        }
        #expect(try sizes(connection) == [1])
    }

    @Test func `a reading connection refuses to write`() throws {
        let reader = try open(role: .reading)
        let error = #expect(throws: SQLiteError.self) { try add(1, on: reader) }
        guard case .failed(let code, _) = error else { return }
        #expect(code.primary == .readOnly)
    }

    @Test func `a locked database is busy after the time-out, and usable when the lock is gone`() throws {
        let other = try open(.init(busyTimeout: .milliseconds(30)))
        try connection.transaction { () throws(SQLiteError) in
            try add(1, on: connection)
            let start = ContinuousClock.now
            let error = #expect(throws: SQLiteError.self) {
                try other.transaction { () throws(SQLiteError) in try add(2, on: other) }
            }
            #expect(error == .failed(.busy))
            #expect(start.duration(to: .now) >= .milliseconds(25))
            // Readers are not held up.
            #expect(try sizes(other).isEmpty)
        }
        try other.transaction { () throws(SQLiteError) in try add(2, on: other) }
        #expect(try sizes(connection) == [1, 2])
    }

    @Test func `a full database refuses, stays whole, and goes on when there is room`() throws {
        let small = try SQLiteConnection(path: folder.file("small.sqlite"), settings: .init(pageLimit: 30))
        try small.run("CREATE TABLE blobs (bytes BLOB) STRICT")
        let block = [UInt8](repeating: 1, count: 20_000)
        var stored = 0
        let error = #expect(throws: SQLiteError.self) {
            while stored < 100 {
                try small.transaction { () throws(SQLiteError) in
                    try small.run("INSERT INTO blobs (bytes) VALUES (\(block))")
                }
                stored += 1
            }
        }
        #expect(error == .failed(.full))
        #expect(stored > 0 && stored < 100)
        #expect(!small.isInTransaction)
        try small.checkIntegrity()

        try small.run("DELETE FROM blobs")
        try small.run("INSERT INTO blobs (bytes) VALUES (\(block))")
    }

    @Test func `a row that refers to nothing is refused`() throws {
        try connection.run("CREATE TABLE parts (thing INTEGER NOT NULL REFERENCES things (size)) STRICT")
        #expect(throws: SQLiteError.self) { try connection.run("INSERT INTO parts (thing) VALUES (9)") }
        try add(9, on: connection)
        try connection.run("INSERT INTO parts (thing) VALUES (9)")
    }

    @Test func `the integrity check passes a whole file and finds a damaged one`() throws {
        try connection.run("CREATE INDEX things_by_size ON things (size + 1)")
        for size in 0..<100 { try add(size, on: connection) }
        try connection.checkIntegrity()

        // An index that lacks its rows: made by rewriting the schema underneath SQLite.
        try connection.run("PRAGMA writable_schema = ON")
        try connection.run(
            "UPDATE sqlite_schema SET sql = replace(sql, 'size + 1', 'size + 2') WHERE type = 'index'"
        )
        let other = try open()
        #expect(throws: SQLiteError.self) { try other.checkIntegrity() }
    }
}
