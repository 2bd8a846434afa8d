import CLinux

/// What an event loop calls, on its own thread.
protocol EventHandler: AnyObject {
    /// A descriptor that was added under this token became ready.
    func ready(_ token: UInt64, _ readiness: Readiness)
    /// Time to look at deadlines.
    func tick()
    /// Whether the loop may end.
    var isDone: Bool { get }
}

/// What epoll says about a descriptor.
struct Readiness: OptionSet {
    let rawValue: UInt32

    static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer sends nothing more.
    static let peerFinished = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// The connection is broken, or closed in both directions.
    static let broken = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
    /// Report changes, not states: nothing is registered again for each request.
    static let edgeTriggered = Readiness(rawValue: 1 << 31)
}
