import Postgres
import Testing

@Suite
struct PostgresValueTests {
    /// What the server gives back for a value.
    private func echo<Value: PostgresBindable & PostgresReadable>(
        _ values: [Value],
        on pool: PostgresPool
    ) async throws -> [Value] {
        var found: [Value] = []
        for value in values {
            let rows = try await pool.query("SELECT \(value)")
            found.append(try rows[0].read(0))
        }
        return found
    }

    /// What the server gives back for an array of values and nulls.
    private func unnest<Value: PostgresBindable & PostgresReadable>(
        _ values: [Value?],
        on pool: PostgresPool
    ) async throws -> [Value?] {
        let rows = try await pool.query(
            "SELECT value FROM unnest(\(array: values)) WITH ORDINALITY AS v (value, place) ORDER BY place"
        )
        return try rows.map { try $0.readOptional(0) }
    }

    @Test
    func `values of every type come back as they were bound`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        #expect(try await echo([true, false], on: pool) == [true, false])
        #expect(try await echo([Int64.min, -1, 0, .max], on: pool) == [.min, -1, 0, .max])
        #expect(try await echo([Int.min, 7], on: pool) == [.min, 7])
        #expect(
            try await echo([0.1, -.infinity, .greatestFiniteMagnitude], on: pool) == [
                0.1, -.infinity, .greatestFiniteMagnitude,
            ]
        )
        #expect(try await echo([[UInt8](), [0, 255, 39, 92]], on: pool) == [[], [0, 255, 39, 92]])
        let ids = [PostgresUUID(high: 0, low: 0), PostgresUUID(high: .max, low: 1)]
        #expect(try await echo(ids, on: pool) == ids)
        let times = [-1, 0, 1_767_225_600_123_456].map { PostgresTimestamp(microsecondsSinceEpoch: $0) }
        #expect(try await echo(times, on: pool) == times)
    }

    @Test
    func `hostile text stays text`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        let texts = [
            "", "'; DROP TABLE x; --", "$1", "\\", "\"", "{NULL,\"a\"}", "E'\\x00'", "e\u{301}", "\u{10FFFF}",
            "a\tb\nc\r", String(repeating: "\u{1F3D4}", count: 100_000),
        ]
        #expect(try await echo(texts, on: pool).map { Array($0.utf8) } == texts.map { Array($0.utf8) })
        #expect(try await unnest(texts.map { Optional($0) } + [nil], on: pool) == texts + [nil])
    }

    @Test
    func `text with NUL is refused and the connection lives on`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        await #expect { try await pool.query("SELECT \("a\u{0}b")") } throws: { error in
            (error as? PostgresError)?.disposition == .rejected
        }
        #expect(pool.counts.idle == 1)
        #expect(try await echo(["alive"], on: pool) == ["alive"])
    }

    @Test
    func `arrays of every type keep their order and their nulls`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        #expect(try await unnest([true, nil, false], on: pool) == [true, nil, false])
        #expect(try await unnest([Int64.min, nil, 5], on: pool) == [.min, nil, 5])
        #expect(try await unnest([1.5, nil], on: pool) == [1.5, nil])
        #expect(try await unnest([[UInt8(0)], nil, []], on: pool) == [[0], nil, []])
        #expect(
            try await unnest([PostgresUUID(high: 1, low: 2), nil], on: pool) == [
                PostgresUUID(high: 1, low: 2), nil,
            ]
        )
        #expect(try await unnest([PostgresTimestamp(microsecondsSinceEpoch: 5)], on: pool).count == 1)
        #expect(try await unnest([String?](), on: pool).isEmpty)
    }

    @Test
    func `a duration is an interval to the microsecond`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        let span = Duration.seconds(90_061) + .microseconds(7)
        let rows = try await pool.query("SELECT (extract(epoch FROM \(span)) * 1000000)::bigint")
        #expect(try rows[0].read(0) == 90_061_000_007)
    }

    @Test
    func `null is nil, and an error where a value is needed`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        let rows = try await pool.query("SELECT \(String?.none), 1")
        #expect(try rows[0].readOptional(0, as: String.self) == nil)
        #expect(throws: PostgresError.self) { try rows[0].read(0, as: String.self) }
        #expect(throws: PostgresError.self) { try rows[0].read(1, as: String.self) }
        #expect(throws: PostgresError.self) { try rows[0].read(2, as: Int.self) }
    }

    @Test
    func `a query shows its text and never its values`() {
        let secret = "secret"
        let query: PostgresQuery = "SELECT \(secret), \(1) \(sql: "AS one")"
        #expect(query.description == "SELECT $1, $2 AS one")
    }
}
