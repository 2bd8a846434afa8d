import CLinux
import Glibc
import Synchronization

/// One thread that waits for sockets and runs Swift jobs.
///
/// Actors bound to it and tasks that prefer it run here, so a connection's state needs no lock and a request
/// costs no hop between threads.
@safe
final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    // @unchecked: `remote` is locked, `thread` is atomic, the descriptors never change; everything marked
    // "loop thread" is touched by that thread only, which `isOnLoop` and the actors' isolation make sure of.

    private struct Remote {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var isWakeUpSent = false
        /// Nobody will run what comes now.
        var hasEnded = false
    }

    private let epoll: Descriptor
    private let wakeUp: Descriptor
    private let tick: Duration
    private let remote = Mutex(Remote())
    /// The thread in `run`; 0 before.
    private let thread = Atomic<UInt>(0)

    // Loop thread:
    private var jobs: [UnownedJob] = []
    private var nextTick = ContinuousInstant.distantPast
    /// The time, as of the last wake-up.
    private(set) var now = ContinuousInstant.distantPast
    /// The `Date` field as a whole line, as of the last tick.
    private(set) var dateLine: [UInt8] = []
    /// Where sockets are read into; what is kept is copied out.
    ///
    /// Allocated and freed with the loop.
    private let scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64 * 1024)

    /// The token of the loop's own descriptor; handlers use others.
    private static let wakeUpToken = UInt64.max
    private static let eventsAtOnce = 256
    private static let jobsAtOnce = 4096

    init(tick: Duration) throws(HTTPServerError) {
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw .system(call: "epoll_create1", code: errno) }
        self.epoll = Descriptor(owning: epoll)
        let wakeUp = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard wakeUp >= 0 else { throw .system(call: "eventfd", code: errno) }
        self.wakeUp = Descriptor(owning: wakeUp)
        self.tick = tick
        guard add(wakeUp, token: Self.wakeUpToken, [.readable]) else {
            throw .system(call: "epoll_ctl", code: errno)
        }
    }

    deinit { unsafe scratch.deallocate() }

    // MARK: Executor

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isOnLoop {
            jobs.append(job)
        } else {
            send { remote in remote.jobs.append(job) }
        }
    }

    func checkIsolated() { precondition(isOnLoop, "not on the event loop") }

    func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    private var isOnLoop: Bool { pthread_self() == thread.load(ordering: .relaxed) }

    /// Runs a closure on the loop's thread, after what was submitted before; from any thread.
    ///
    /// Once the loop has ended it is dropped: what is asked of a loop from outside is to end.
    func submit(_ call: @escaping @Sendable () -> Void) {
        send { remote in
            if !remote.hasEnded { remote.calls.append(call) }
        }
    }

    private func send(_ change: (inout Remote) -> Void) {
        let mustWake = remote.withLock { remote in
            change(&remote)
            defer { remote.isWakeUpSent = true }
            return !remote.isWakeUpSent
        }
        guard mustWake else { return }
        var one: UInt64 = 1
        // The counter cannot overflow: it is read before it is written again.
        _ = unsafe write(wakeUp.raw, &one, MemoryLayout<UInt64>.size)
    }

    // MARK: Descriptors

    /// Whether the kernel took the descriptor; if not, `errno` says why.
    func add(_ descriptor: Int32, token: UInt64, _ interest: Readiness) -> Bool {
        var event = unsafe epoll_event()
        unsafe event.events = interest.rawValue
        unsafe event.data.u64 = token
        return unsafe epoll_ctl(epoll.raw, EPOLL_CTL_ADD, descriptor, &event) == 0
    }

    /// Stops watching a descriptor that stays open; closing one does it, too.
    func remove(_ descriptor: Int32) {
        var event = unsafe epoll_event()
        // It fails only for a descriptor that is not watched, which is what is wanted.
        _ = unsafe epoll_ctl(epoll.raw, EPOLL_CTL_DEL, descriptor, &event)
    }

    // MARK: Reading

    /// Octets one read can bring.
    var readCapacity: Int { unsafe scratch.count }

    /// Reads from a socket; what came stays visible by `received` until the next read.
    func receive(from socket: Int32) -> Int { unsafe recv(socket, scratch.baseAddress, scratch.count, 0) }

    /// Shows the first `count` octets of the last read.
    func withReceived<Result>(_ count: Int, _ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
        try unsafe body(UnsafeBufferPointer(rebasing: scratch[..<count]).span)
    }

    // MARK: Running

    /// Serves the handler until it is done; the calling thread becomes the loop's.
    func run(_ handler: some EventHandler) {
        thread.store(pthread_self(), ordering: .relaxed)
        var events = unsafe [epoll_event](repeating: epoll_event(), count: Self.eventsAtOnce)
        updateTime(handler)
        while true {
            runJobs()
            if handler.isDone, jobs.isEmpty, end() { break }
            let timeout = jobs.isEmpty ? tick.milliseconds : 0
            let count = unsafe epoll_wait(epoll.raw, &events, Int32(events.count), timeout)
            // Anything but EINTR would be a mistake of ours: the descriptor and the array are valid.
            precondition(count >= 0 || errno == EINTR, "epoll_wait failed")
            updateTime(handler)
            for index in 0..<max(0, Int(count)) {
                let token = unsafe events[index].data.u64
                if token == Self.wakeUpToken {
                    acknowledgeWakeUp()
                } else {
                    unsafe handler.ready(token, Readiness(rawValue: events[index].events))
                }
            }
        }
        // The system gives the thread's number to another one.
        thread.store(0, ordering: .relaxed)
    }

    /// Takes nothing more, unless something came just now; tells whether that is so.
    private func end() -> Bool {
        remote.withLock { remote in
            guard remote.jobs.isEmpty, remote.calls.isEmpty else { return false }
            remote.hasEnded = true
            return true
        }
    }

    private func acknowledgeWakeUp() {
        var count: UInt64 = 0
        // It cannot fail: the descriptor was reported readable, and nobody else reads it.
        _ = unsafe read(wakeUp.raw, &count, MemoryLayout<UInt64>.size)
    }

    private func runJobs() {
        let calls = remote.withLock { remote in
            jobs.append(contentsOf: remote.jobs)
            remote.jobs.removeAll(keepingCapacity: true)
            remote.isWakeUpSent = false
            defer { remote.calls.removeAll() }
            return remote.calls
        }
        for call in calls { call() }
        var index = 0
        // Jobs add jobs; the bound lets sockets have their turn.
        while index < jobs.count, index < Self.jobsAtOnce {
            let job = jobs[index]
            index += 1
            unsafe job.runSynchronously(
                isolatedTo: asUnownedSerialExecutor(),
                taskExecutor: asUnownedTaskExecutor()
            )
        }
        jobs.removeFirst(index)
    }

    private func updateTime(_ handler: some EventHandler) {
        now = ContinuousInstant.now()
        guard now >= nextTick else { return }
        nextTick = now + tick
        dateLine = DateLine.now()
        handler.tick()
    }
}

extension Duration {
    fileprivate var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
