/// Waits until the condition holds, for what gives no signal: rows, counters, logs of something that runs.
///
/// Looks every few milliseconds and does not keep a processor busy meanwhile. The test's own time limit ends the wait by
/// cancelling it.
package func eventually(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
}
