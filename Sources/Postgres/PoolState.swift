/// Who holds which connection, and who waits for one.
///
/// A value without I/O: events in, one action out. A *slot* is the right to have one connection: it is either free, or
/// belongs to an idle connection, or to a caller. At most `limit` slots are taken.
struct PoolState<Connection: Sendable>: Sendable {
    struct Idle: Sendable {
        let connection: Connection
        let openedAt: ContinuousClock.Instant
    }

    /// What a caller gets.
    enum Grant: Sendable {
        /// An open connection.
        case connection(Idle)
        /// A slot: open a connection yourself.
        case slot
    }

    enum Answer: Sendable {
        case granted(Grant)
        /// Every slot is taken: wait for a grant.
        case wait
        case closed
    }

    /// What to do after a caller gave something back.
    enum Release: Sendable {
        case nothing
        case grant(Grant, to: WaiterID)
    }

    typealias WaiterID = UInt64

    private let limit: Int
    private var idle: [Idle] = []
    private var taken = 0
    private var waiters: [WaiterID] = []
    private(set) var isClosed = false

    init(limit: Int) {
        precondition(limit > 0, "a pool needs room for a connection")
        self.limit = limit
    }

    var counts: (taken: Int, idle: Int, waiting: Int) { (taken, idle.count, waiters.count) }

    /// A caller asks.
    ///
    /// The youngest idle connection is taken first, so that those above the need grow old.
    mutating func request() -> Answer {
        guard !isClosed else { return .closed }
        if let found = idle.popLast() { return .granted(.connection(found)) }
        guard taken < limit else { return .wait }
        taken += 1
        return .granted(.slot)
    }

    /// A caller that was told to wait does so now, behind all others.
    mutating func enqueue(_ waiter: WaiterID) { waiters.append(waiter) }

    /// A caller no longer waits.
    ///
    /// False when it was granted something already.
    mutating func leave(_ waiter: WaiterID) -> Bool {
        guard let place = waiters.firstIndex(of: waiter) else { return false }
        waiters.remove(at: place)
        return true
    }

    /// A caller gives its connection back in good order.
    ///
    /// After `close` nothing is kept: the caller lets go of the connection.
    mutating func giveBack(_ connection: Idle) -> Release {
        guard !isClosed else {
            taken -= 1
            return .nothing
        }
        guard !waiters.isEmpty else {
            idle.append(connection)
            return .nothing
        }
        return .grant(.connection(connection), to: waiters.removeFirst())
    }

    /// A caller's connection is gone, or was never opened.
    mutating func giveBackSlot() -> Release {
        guard !isClosed, !waiters.isEmpty else {
            taken -= 1
            return .nothing
        }
        return .grant(.slot, to: waiters.removeFirst())
    }

    /// No more callers.
    ///
    /// Returns those who wait and the connections to close.
    mutating func close() -> (waiters: [WaiterID], idle: [Connection]) {
        defer {
            waiters = []
            taken -= idle.count
            idle = []
        }
        isClosed = true
        return (waiters, idle.map(\.connection))
    }
}
