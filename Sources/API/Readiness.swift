/// Whether this process should be sent requests: its dependencies answer and it is not draining.
///
/// Checks run at most once per `freshness`, however often they are asked for, because each costs a round trip.
package actor Readiness {
    /// A dependency; `check` returns true when it answers.
    package struct Check: Sendable {
        let name: String
        let run: @Sendable () async -> Bool

        package init(_ name: String, run: @escaping @Sendable () async -> Bool) {
            self.name = name
            self.run = run
        }
    }

    struct Report: Sendable {
        let isReady: Bool
        let checks: [String: Bool]
    }

    private let checks: [Check]
    private let freshness: Duration
    private let timeout: Duration
    private var isDraining = false
    private var isChecking = false
    private var last: (results: [String: Bool], at: ContinuousClock.Instant)?

    package init(checks: [Check], freshness: Duration = .seconds(3), timeout: Duration = .seconds(3)) {
        self.checks = checks
        self.freshness = freshness
        self.timeout = timeout
    }

    /// Fails readiness from now on, before anything stops.
    package func drain() { isDraining = true }

    /// Whether everything is as it should be.
    package var isReady: Bool { get async { await report().isReady } }

    func report() async -> Report {
        var results = await results()
        results["accepting"] = !isDraining
        return Report(isReady: results.values.allSatisfy { $0 }, checks: results)
    }

    private func results() async -> [String: Bool] {
        if let last, isChecking || ContinuousClock.now - last.at < freshness { return last.results }
        isChecking = true
        defer { isChecking = false }
        var results: [String: Bool] = [:]
        for check in checks { results[check.name] = await Self.run(check, within: timeout) }
        // Who asked has gone away and took the checks along: they say nothing about the dependencies.
        if !Task.isCancelled { last = (results, .now) }
        return results
    }

    private static func run(_ check: Check, within timeout: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await check.run() }
            group.addTask {
                // Cancelled when the check was quicker.
                try? await Task.sleep(for: timeout)
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
    }
}
