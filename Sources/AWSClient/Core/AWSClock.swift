import Glibc

/// Where `AWSClient` gets time and chance from, so that a test can decide both.
package struct AWSClock: Sendable {
    /// The wall clock.
    package let now: @Sendable () -> AWSTime
    /// Waits; returns early, without an error, when the task is cancelled.
    package let sleep: @Sendable (Duration) async -> Void
    /// A random number in 0..<1.
    package let random: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> AWSTime,
        sleep: @escaping @Sendable (Duration) async -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    /// The machine's clock and generator.
    package static let system = AWSClock(
        now: { AWSTime(seconds: time(nil)) },
        sleep: { duration in
            do {
                try await Task.sleep(for: duration)
            } catch {
                // Cancelled: the caller looks at its task next.
            }
        },
        random: { .random(in: 0..<1) }
    )
}
