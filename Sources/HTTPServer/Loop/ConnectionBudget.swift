import Synchronization

/// How many connections all loops together may still open.
final class ConnectionBudget: Sendable {
    private let limit: Int
    private let open = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    var isExhausted: Bool { open.load(ordering: .relaxed) >= limit }

    func take() { open.add(1, ordering: .relaxed) }

    func giveBack() { open.subtract(1, ordering: .relaxed) }
}
