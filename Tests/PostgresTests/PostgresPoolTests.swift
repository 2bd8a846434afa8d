import Postgres
import Testing

@Suite
struct PostgresPoolTests {
    @Test
    func `sixteen tasks share few connections`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 3))
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<16 {
                group.addTask {
                    var sum = 0
                    for number in 0..<20 {
                        sum += try await pool.query("SELECT \(task) * 100 + \(number)")[0]
                            .read(0, as: Int.self)
                    }
                    return sum
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == (0..<16).reduce(0) { $0 + $1 * 2000 + 190 })
        #expect(pool.counts.lent == 0)
        #expect(pool.counts.idle <= 3)
    }

    @Test
    func `waiting for a connection ends at the deadline`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        try await pool.withConnection { _ throws(PostgresError) -> Void in
            _ = await #expect(throws: PostgresError.poolExhausted) {
                try await pool.query("SELECT 1", deadline: .now + .milliseconds(50))
            }
        }
        #expect(pool.counts.waiting == 0)
        _ = try await pool.query("SELECT 1")
    }

    @Test
    func `a cancelled waiter leaves the others in line`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        let (first, second) = try await pool.withConnection { _ throws(PostgresError) in
            let first = Task { try await pool.query("SELECT 1") }
            await reach(1, in: pool)
            let second = Task { try await pool.query("SELECT 2") }
            await reach(2, in: pool)
            first.cancel()
            await reach(1, in: pool)
            return (first, second)
        }
        await #expect(throws: PostgresError.cancelled) { try await first.value }
        #expect(try await second.value.count == 1)
        #expect(pool.counts.lent == 0)
    }

    private func reach(_ waiting: Int, in pool: PostgresPool) async {
        let deadline = ContinuousClock.now + .seconds(30)
        while pool.counts.waiting != waiting, ContinuousClock.now < deadline { await Task.yield() }
        #expect(pool.counts.waiting == waiting)
    }

    @Test
    func `a connection that the server ended is not lent again`() async throws {
        let settings = try await makeSettings()
        let pool = PostgresPool(settings)
        let pid: Int = try await pool.query("SELECT pg_backend_pid()")[0].read(0)
        let other = try await PostgresConnection(settings)
        _ = try await other.query("SELECT pg_terminate_backend(\(pid)::int, 20000)")
        let next: Int = try await pool.query("SELECT pg_backend_pid()")[0].read(0)
        #expect(next != pid)
        #expect(pool.counts.idle == 1)
    }

    @Test
    func `a connection that is ended during a statement is not lent again`() async throws {
        let settings = try await makeSettings(poolSize: 1)
        let pool = PostgresPool(settings)
        await #expect {
            try await pool.query("SELECT pg_terminate_backend(pg_backend_pid())")
        } throws: { error in
            (error as? PostgresError)?.disposition == .unavailable
        }
        #expect(pool.counts == (0, 0, 0))
        _ = try await pool.query("SELECT 1")
    }

    @Test
    func `an old connection is replaced`() async throws {
        var settings = try await makeSettings(poolSize: 1)
        settings.maximumAge = .zero
        let pool = PostgresPool(settings)
        let first: Int = try await pool.query("SELECT pg_backend_pid()")[0].read(0)
        let second: Int = try await pool.query("SELECT pg_backend_pid()")[0].read(0)
        #expect(first != second)
    }

    @Test
    func `a connection left inside a transaction is not lent again`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        _ = try await pool.query("BEGIN")
        #expect(pool.counts == (0, 0, 0))
    }

    @Test
    func `a transaction commits when its body returns`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        _ = try await pool.query("CREATE TABLE t (n bigint)")
        try await pool.transaction { connection throws(PostgresError) in
            _ = try await connection.query("INSERT INTO t VALUES (\(1))")
            _ = try await connection.query("INSERT INTO t VALUES (\(2))")
        }
        #expect(try await pool.query("SELECT n FROM t").count == 2)
        try await pool.transaction { _ throws(PostgresError) in }
        #expect(pool.counts.idle == 1)
    }

    @Test
    func `a transaction whose body throws leaves nothing`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        _ = try await pool.query("CREATE TABLE t (n bigint)")
        await #expect(throws: PostgresError.poolExhausted) {
            try await pool.transaction { connection throws(PostgresError) in
                _ = try await connection.query("INSERT INTO t VALUES (\(1))")
                throw .poolExhausted
            }
        }
        #expect(try await pool.query("SELECT n FROM t").isEmpty)
        #expect(pool.counts.idle == 1)
    }

    @Test
    func `a failed statement fails the transaction, even when its error was dropped`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        _ = try await pool.query("CREATE TABLE t (n bigint)")
        await #expect {
            try await pool.transaction { connection throws(PostgresError) in
                _ = try await connection.query("INSERT INTO t VALUES (\(1))")
                do {
                    _ = try await connection.query("SELECT 1 / 0")
                } catch {
                    // Dropped, as a careless caller would.
                }
            }
        } throws: { error in
            (error as? PostgresError)?.disposition == .rejected
        }
        #expect(try await pool.query("SELECT n FROM t").isEmpty)
    }

    @Test
    func `a closed pool refuses callers and keeps nothing`() async throws {
        let pool = PostgresPool(try await makeSettings(poolSize: 1))
        try await pool.withConnection { _ throws(PostgresError) in
            let waiter = Task { try await pool.query("SELECT 1") }
            await reach(1, in: pool)
            pool.close()
            await #expect(throws: PostgresError.poolClosed) { try await waiter.value }
        }
        #expect(pool.counts == (0, 0, 0))
        await #expect(throws: PostgresError.poolClosed) { try await pool.query("SELECT 1") }
    }
}
