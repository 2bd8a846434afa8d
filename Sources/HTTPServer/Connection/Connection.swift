import CLinux
import Glibc
import HTTPMessages

/// One client's connection: reads requests one after another and writes the answers in the same order.
///
/// Pinned to its event loop, so that events, the responder's task and the reads and writes it asks for run on
/// one thread. The parsers and queues it holds are pure; this is where they meet the socket.
actor Connection {
    /// Where the connection stands.
    ///
    /// `idle` → `readingHead` → `responding` → `flushing` → `idle` for the next request, or `lingering`;
    /// a refused request goes from `readingHead` to `flushing`. From everywhere to `closed`.
    enum Phase {
        /// No octet of the next request has come.
        case idle
        /// A part of a head has come.
        case readingHead
        /// The responder's task runs; it pulls the body and may push the answer.
        case responding
        /// The whole answer is queued.
        case flushing
        /// The answer was sent and our side is closed; what still comes is dropped, because closing with unread
        /// octets makes the kernel send a reset that can destroy the answer on its way.
        case lingering
        case closed
    }

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    nonisolated let token: UInt64
    let host: ConnectionHost
    let remoteAddress: String
    var settings: HTTPServerSettings { host.settings }

    var descriptor: Descriptor?
    let socket: Int32
    var phase = Phase.idle
    var deadlines = Deadlines()
    var task: Task<Void, Never>?
    /// Counts requests, so that a reader or writer kept from an earlier one does no harm.
    var exchange = 0

    // Reading
    var isReadable = false
    var hasPeerFinished = false
    /// Received but not yet parsed.
    var input: [UInt8] = []
    var parser: HeadParser
    var head = RequestHead()
    var body = BodyDecoder.length(left: 0)
    var pendingBody: [UInt8] = []
    var owesContinue = false
    var bodyFailure: IncomingBody.Failure?
    var bodyClock = BodyClock()
    var piecesInARow = 0
    var bodyWaiter: CheckedContinuation<Void, Never>?

    // Writing
    var output = OutputQueue()
    var keepsAlive = true
    var isChunking = false
    var writeWaiter: CheckedContinuation<Void, Never>?

    init(_ descriptor: consuming Descriptor, token: UInt64, remoteAddress: String, host: ConnectionHost) {
        socket = descriptor.raw
        self.descriptor = consume descriptor
        self.token = token
        self.host = host
        self.remoteAddress = remoteAddress
        loop = host.loop
        parser = HeadParser(limits: host.settings.limits)
        deadlines.phase = loop.now + host.settings.timeouts.idle
    }

    // MARK: Events of the loop

    func handle(_ readiness: Readiness) {
        guard phase != .closed else { return }
        guard !readiness.contains(.broken) else { return close() }
        if readiness.contains(.peerFinished) { peerFinished() }
        if readiness.contains(.writable) { flush() }
        guard !readiness.isDisjoint(with: [.readable, .peerFinished]) else { return }
        isReadable = true
        resumeReading()
    }

    private func peerFinished() {
        hasPeerFinished = true
        // Closing one side and leaving look the same; the grace lets `printf … | nc` have its answer.
        if phase == .responding { deadlines.departure = loop.now + settings.timeouts.departure }
    }

    private func resumeReading() {
        switch phase {
        case .idle, .readingHead: readRequests()
        case .responding: resumeBodyWaiter()
        case .lingering: dropInput()
        case .flushing, .closed: break
        }
    }

    /// Looks at the deadlines.
    func tick() {
        let now = loop.now
        if now >= deadlines.write { return close() }
        if now >= deadlines.body {
            deadlines.body = .distantFuture
            bodyFailure = .timedOut
            resumeBodyWaiter()
        }
        if now >= deadlines.departure {
            deadlines.departure = .distantFuture
            task?.cancel()
        }
        guard now >= min(deadlines.phase, deadlines.lingering) else { return }
        if phase == .readingHead { refuse(.timedOut) } else { close() }
    }

    /// Ends the connection if no request is under way; else the answer under way is its last.
    func drain() {
        keepsAlive = false
        // A request may lie in the socket already: it was accepted, so it is answered.
        if phase == .idle { readRequests() }
        if phase == .idle { close() }
    }

    // MARK: End

    /// Waits for the client to close, dropping what it still sends; or closes at once if nothing can be under way.
    func finish() {
        let mayReceiveMore = !body.isDone || !input.isEmpty || isReadable || bodyFailure != nil
        guard mayReceiveMore else { return close() }
        // It fails only if the client has gone, which the next event tells.
        _ = shutdown(socket, Int32(SHUT_WR))
        phase = .lingering
        input = []
        deadlines.lingering = loop.now + settings.timeouts.lingering
        deadlines.phase = loop.now + settings.timeouts.lingeringSilence
        dropInput()
    }

    private func dropInput() {
        while phase == .lingering, receive() != nil {
            deadlines.phase = loop.now + settings.timeouts.lingeringSilence
        }
    }

    /// Closes at once and cancels the responder's task.
    func close() {
        guard phase != .closed else { return }
        phase = .closed
        descriptor = nil
        // The number of the socket may be another file's from here on: nothing is read from it any more.
        isReadable = false
        output = OutputQueue()
        task?.cancel()
        task = nil
        resumeBodyWaiter()
        resumeWriteWaiter()
        host.remove(token)
    }

    func resumeBodyWaiter() {
        bodyWaiter?.resume()
        bodyWaiter = nil
    }

    func resumeWriteWaiter() {
        writeWaiter?.resume()
        writeWaiter = nil
    }
}
