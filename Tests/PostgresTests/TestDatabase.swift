import Postgres
import TestSupport

/// Settings for a new database on the shared server, patient enough for a busy machine.
func makeSettings(poolSize: Int = 4, on server: PostgresServer? = nil) async throws -> PostgresSettings {
    let shared = try await PostgresServer.shared
    var settings = PostgresSettings(address: try await (server ?? shared).makeDatabase())
    settings.poolSize = poolSize
    settings.queryTimeout = .seconds(30)
    settings.connectTimeout = .seconds(30)
    return settings
}

/// Waits until `condition` holds, at most half a minute.
func waitUntil(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverHappened() }
        await Task.yield()
    }
}

struct NeverHappened: Error {}
