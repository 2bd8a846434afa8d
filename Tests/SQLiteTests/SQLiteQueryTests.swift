import SQLite
import Testing

struct SQLiteQueryTests {
    @Test func `an interpolated value becomes a parameter, never text`() {
        let name = "'; DROP TABLE jobs; --"
        let query: SQLiteQuery =
            "SELECT * FROM jobs WHERE name = \(name) AND size > \(3) AND owner IS \(String?.none)"
        #expect(query.sql == "SELECT * FROM jobs WHERE name = ? AND size > ? AND owner IS ?")
        #expect(query.values == [.text(name), .integer(3), .null])
    }

    @Test func `text of the program is inserted as it is`() {
        let columns: StaticString = "id, name"
        let query: SQLiteQuery = "SELECT \(sql: columns) FROM jobs"
        #expect(query.sql == "SELECT id, name FROM jobs")
        #expect(query.values.isEmpty)
    }
}
