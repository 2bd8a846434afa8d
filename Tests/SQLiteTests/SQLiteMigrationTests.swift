import SQLite
import TestSupport
import Testing

struct SQLiteMigrationTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private static let first = SQLiteMigration(1, "CREATE TABLE things (name TEXT NOT NULL) STRICT")
    private static let second = SQLiteMigration(
        2,
        """
        ALTER TABLE things ADD COLUMN size INTEGER NOT NULL DEFAULT 7;
        CREATE INDEX things_by_size ON things (size);
        """
    )
    private static let broken = SQLiteMigration(
        3,
        """
        CREATE TABLE half (name TEXT);
        CREATE TABLE things (name TEXT);
        """
    )

    private func open() throws -> SQLiteConnection { try SQLiteConnection(path: folder.file("test.sqlite")) }

    private func tables(_ connection: SQLiteConnection) throws -> [String] {
        try connection.rows("SELECT name FROM sqlite_schema WHERE type = 'table'") {
            row throws(SQLiteError) in
            try row.text(0)
        }
    }

    @Test func `a new file gets every migration, and a second run changes nothing`() throws {
        for _ in 1...2 {
            let connection = try open()
            try connection.migrate([Self.first, Self.second])
            #expect(try connection.schemaVersion() == 2)
            #expect(try tables(connection) == ["things"])
        }
    }

    @Test func `a file of an older version keeps its rows and gets what is new`() throws {
        let old = try open()
        try old.migrate([Self.first])
        try old.run("INSERT INTO things (name) VALUES ('old')")

        let new = try open()
        try new.migrate([Self.first, Self.second])

        let size = try new.first("SELECT size FROM things WHERE name = 'old'") { row throws(SQLiteError) in
            try row.integer(0)
        }
        #expect(size == 7)
    }

    @Test func `a file of a newer version is refused`() throws {
        let connection = try open()
        try connection.migrate([Self.first, Self.second])
        #expect(throws: SQLiteError.newerSchema(found: 2, supported: 1)) {
            try connection.migrate([Self.first])
        }
        #expect(try connection.schemaVersion() == 2)
    }

    @Test func `a migration that fails leaves nothing of itself`() throws {
        let connection = try open()
        #expect(throws: SQLiteError.self) { try connection.migrate([Self.first, Self.second, Self.broken]) }
        #expect(try connection.schemaVersion() == 2)
        #expect(try tables(connection) == ["things"])
        #expect(!connection.isInTransaction)
    }

    @Test func `many who migrate at once do it once`() async throws {
        let path = folder.file("test.sqlite")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...6 {
                group.addTask {
                    let database = try await SQLiteDatabase.open(
                        path: path,
                        migrations: [Self.first, Self.second]
                    )
                    try await database.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(try open().schemaVersion() == 2)
    }
}
