/// The open connections of one loop, by token.
///
/// A token is a place in the table and how often that place was used, so that an event for a connection that
/// is gone never reaches the next one in its place.
struct ConnectionTable {
    private struct Slot {
        var uses: UInt32 = 0
        var connection: Connection?
    }

    private var slots: [Slot] = []
    private var free: [Int] = []

    var isEmpty: Bool { free.count == slots.count }

    /// Every open connection; for the few things done to all.
    var all: [Connection] { slots.compactMap(\.connection) }

    /// A token whose place is kept for `insert`.
    mutating func reserve() -> UInt64 {
        if let place = free.popLast() {
            slots[place].uses &+= 1
            return UInt64(slots[place].uses) << 32 | UInt64(place)
        }
        slots.append(Slot())
        return UInt64(slots.count - 1)
    }

    mutating func insert(_ connection: Connection) {
        slots[place(of: connection.token)].connection = connection
    }

    mutating func remove(_ token: UInt64) {
        let place = place(of: token)
        guard slots[place].uses == UInt32(token >> 32), slots[place].connection != nil else { return }
        slots[place].connection = nil
        free.append(place)
    }

    subscript(_ token: UInt64) -> Connection? {
        let slot = slots[place(of: token)]
        return slot.uses == UInt32(token >> 32) ? slot.connection : nil
    }

    private func place(of token: UInt64) -> Int { Int(token & 0xFFFF_FFFF) }
}
