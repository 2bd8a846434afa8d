import Foundation
import SQLite
import TestSupport
import Testing

struct SQLiteConnectionTests {
    private let folder: ScratchFolder
    private let connection: SQLiteConnection

    init() throws {
        folder = try ScratchFolder()
        connection = try SQLiteConnection(path: folder.file("test.sqlite"))
        try connection.run("CREATE TABLE things (name TEXT PRIMARY KEY NOT NULL, size INTEGER) STRICT")
    }

    private func names() throws -> [String] {
        try connection.rows("SELECT name FROM things ORDER BY name") { row throws(SQLiteError) in
            try row.text(0)
        }
    }

    @Test func `every kind of value comes back as it went in`() throws {
        let text = "é e\u{301} \u{1F469}\u{200D}\u{1F680} \u{FEFF}\u{10FFFF}"
        let bytes = (0...255).map { UInt8($0) }
        let row = try connection.first(
            "SELECT \(Int64.min), \(Int.max), \(0.1), \(text), \("")  , \(bytes), \([UInt8]()), \(Int?.none), \(SQLiteValue.null)"
        ) { row throws(SQLiteError) in
            #expect(try row.integer(0) == .min)
            #expect(try row.integer(1) == .max)
            #expect(try row.real(2) == 0.1)
            #expect(try row.text(3).utf8.elementsEqual(text.utf8))
            #expect(try row.text(4).isEmpty)
            #expect(try row.blob(5) == bytes)
            #expect(try row.blob(6).isEmpty)
            #expect(row.isNull(7) && row.isNull(8))
            #expect(try row.optionalInteger(7) == nil)
            #expect(try row.optionalText(8) == nil)
            return true
        }
        #expect(row == true)
    }

    @Test func `a megabyte of text and of bytes comes back`() throws {
        let text = String(repeating: "\u{1F3D4}", count: 262_144)
        let bytes = [UInt8](repeating: 7, count: 1_048_576)
        _ = try connection.first("SELECT \(text), \(bytes)") { row throws(SQLiteError) in
            #expect(try row.text(0) == text)
            #expect(try row.blob(1) == bytes)
        }
    }

    @Test(arguments: [
        "'; DROP TABLE things; --", "\" OR 1=1", "?1", "$name :name @name", "%_\\", "\u{1}\n\r\t", "NULL",
        "x'00'",
    ])
    func `hostile text stays a value`(_ text: String) throws {
        try connection.run("INSERT INTO things (name) VALUES (\(text))")
        #expect(try names() == [text])
    }

    @Test func `text with NUL is refused and nothing is bound`() throws {
        #expect(throws: SQLiteError.textContainsNUL) {
            try connection.run("INSERT INTO things (name) VALUES (\("a\u{0}b"))")
        }
        #expect(try names().isEmpty)
    }

    @Test func `a column of another type, or none, is an error and not a conversion`() throws {
        _ = try connection.first("SELECT \("1"), \(1)") { row throws(SQLiteError) in
            #expect(throws: SQLiteError.unexpectedValue(column: 0)) { try row.integer(0) }
            #expect(throws: SQLiteError.unexpectedValue(column: 1)) { try row.text(1) }
            #expect(throws: SQLiteError.unexpectedValue(column: 1)) { try row.blob(1) }
            #expect(throws: SQLiteError.unexpectedValue(column: 2)) { try row.integer(2) }
            #expect(throws: SQLiteError.unexpectedValue(column: -1)) { try row.real(-1) }
        }
    }

    @Test func `a violated constraint has its extended code and shows no value`() throws {
        try connection.run("INSERT INTO things (name) VALUES (\("secret"))")
        let error = #expect(throws: SQLiteError.self) {
            try connection.run("INSERT INTO things (name) VALUES (\("secret"))")
        }
        guard case .failed(let code, _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(code == .primaryKeyConstraint)
        #expect(code.primary == .constraint)
        #expect(error?.description.contains("things.name") == true)
        #expect(error?.description.contains("secret") == false)
    }

    @Test func `a statement that SQLite cannot read says where`() throws {
        let error = #expect(throws: SQLiteError.self) { try connection.run("SELEC 1") }
        #expect(error?.description.contains("SELEC") == true)
        #expect(throws: SQLiteError.self) { try connection.run("SELECT * FROM nothing") }
        #expect(throws: SQLiteError.self) { try connection.run("SELECT 1; DELETE FROM things") }
        #expect(throws: SQLiteError.self) { try connection.run("") }
        try connection.run("SELECT 1;\n")
    }

    @Test func `a parameter without a value is refused`() {
        #expect(throws: SQLiteError.wrongParameterCount) { try connection.run("SELECT ?") }
    }

    @Test func `a statement works again after it failed`() throws {
        for name in ["a", "b"] {
            try connection.run("INSERT INTO things (name) VALUES (\(name))")
            #expect(throws: SQLiteError.self) {
                try connection.run("INSERT INTO things (name) VALUES (\(name))")
            }
        }
        #expect(try names() == ["a", "b"])
    }

    @Test func `a query may run inside itself`() throws {
        for name in ["a", "b", "c"] { try connection.run("INSERT INTO things (name) VALUES (\(name))") }
        let pairs = try connection.rows("SELECT name FROM things ORDER BY name") { row throws(SQLiteError) in
            let outer = try row.text(0)
            return try connection.rows("SELECT name FROM things ORDER BY name") { row throws(SQLiteError) in
                outer + (try row.text(0))
            }
        }
        #expect(pairs.flatMap(\.self) == ["aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc"])
    }

    @Test func `a thousand different statements may be run`() throws {
        for number in 0..<1000 {
            let query = SQLiteQuery(stringLiteral: "SELECT \(number)")
            #expect(
                try connection.first(query) { row throws(SQLiteError) in try row.integer(0) } == Int64(number)
            )
        }
    }

    @Test func `the first row is returned and the statement still runs to its end`() throws {
        for name in ["a", "b"] { try connection.run("INSERT INTO things (name, size) VALUES (\(name), 1)") }
        _ = try connection.first("UPDATE things SET size = 2 RETURNING name") { row throws(SQLiteError) in
            try row.text(0)
        }
        #expect(connection.changedRowCount == 2)
        let nothing = try connection.first("SELECT name FROM things WHERE size = 1") {
            row throws(SQLiteError) in
            try row.text(0)
        }
        #expect(nothing == nil)
    }

    @Test func `a file that is no database is refused`() throws {
        let path = folder.file("other")
        try Data(repeating: 65, count: 8192).write(to: URL(fileURLWithPath: path))
        #expect(throws: SQLiteError.failed(.notADatabase)) { try SQLiteConnection(path: path) }
    }

    @Test func `a folder that is missing, or a path with NUL, cannot be opened`() {
        let error = #expect(throws: SQLiteError.self) {
            try SQLiteConnection(path: folder.file("no/such.sqlite"))
        }
        guard case .failed(let code, _) = error else { return }
        #expect(code.primary == .cannotOpen)
        #expect(throws: SQLiteError.textContainsNUL) { try SQLiteConnection(path: folder.file("a\u{0}b")) }
    }
}
