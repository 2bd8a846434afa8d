import Synchronization

/// Tokens that retries are paid with, shared by all calls to one service.
///
/// While most calls succeed there are always enough. When nearly all fail it runs empty, and calls fail after
/// their first attempt instead of multiplying the load.
package final class RetryBucket: Sendable {
    /// Tokens it holds when full, as it is at the start.
    package static let capacity = 500

    private let tokens = Mutex(capacity)

    package init() {}

    /// Takes tokens, or none and answers false when there are fewer.
    func take(_ count: Int) -> Bool {
        tokens.withLock { tokens in
            guard tokens >= count else { return false }
            tokens -= count
            return true
        }
    }

    /// Gives tokens back after a success.
    func giveBack(_ count: Int) {
        tokens.withLock { $0 = min($0 + count, Self.capacity) }
    }
}
