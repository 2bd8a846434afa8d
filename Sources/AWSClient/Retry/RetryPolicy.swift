/// How often, how soon and at what price a failed attempt is made again.
///
/// The numbers are those of AWS's SDKs in their standard mode since 2026.
package struct RetryPolicy: Sendable {
    /// Attempts in all, the first one included.
    package var attempts = 3
    /// Nothing waits longer, whatever the number of the attempt.
    package var longestDelay: Duration = .seconds(20)
    /// How much longer than its own delay a client waits because the service asked for it.
    package var longestAddedDelay: Duration = .seconds(5)

    package init() {}

    /// A delay drawn evenly from zero to a bound that doubles with each retry.
    ///
    /// The first retry is number 1, and chance is a random number in 0..<1. What the service asked for is followed as
    /// far as `longestAddedDelay` allows, and never shortens the delay.
    func delay(before retry: Int, after kind: FailureKind, chance: Double, asked: Duration?) -> Duration {
        let base: Duration = kind == .throttled ? .seconds(1) : .milliseconds(50)
        // Bounded exponent: 2^20 times either base is far over the longest delay already.
        let bound = min(base * (1 << min(max(retry - 1, 0), 20)), longestDelay)
        let own = bound * chance
        guard let asked else { return own }
        return min(max(asked, own), own + longestAddedDelay)
    }

    /// Tokens that a retry takes from the bucket: a service that throttles recovers by itself, one that fails may
    /// be failing because of the load.
    func cost(of kind: FailureKind) -> Int { kind == .throttled ? 5 : 14 }
}
