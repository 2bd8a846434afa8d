/// Names a transfer between the task that waits for it and the thread that drives it.
///
/// Later transfers have greater identities.
struct TransferID: Hashable, Comparable, Sendable {
    let number: UInt64

    static func < (one: TransferID, other: TransferID) -> Bool { one.number < other.number }
}
