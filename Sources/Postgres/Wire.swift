import CPostgres
import Glibc

/// One libpq connection that never blocks longer than its caller allows.
///
/// Everything goes through libpq's asynchronous calls; all waiting is one `poll` on the socket and on the wake signal.
/// Not for two threads at once: its connection actor is the only user.
@safe
final class Wire {
    private let handle: OpaquePointer
    private let wake: WakeSignal
    private static let clock = ContinuousClock()

    /// Connects.
    init(
        settings: PostgresSettings,
        wake: WakeSignal,
        deadline: ContinuousClock.Instant
    ) throws(PostgresError) {
        try PostgresAddress.check(settings.address)
        guard let handle = unsafe Self.start(settings.words) else {
            throw .connectFailed(reason: "out of memory")
        }
        unsafe self.handle = handle
        self.wake = wake
        do {
            try connect(deadline: deadline)
        } catch {
            if case .deadlineExceeded = error { throw .connectFailed(reason: "no answer in time") }
            throw error
        }
        unsafe imageapi_pq_ignore_notices(handle)
        guard unsafe PQsetnonblocking(handle, 1) == 0, unsafe PQenterPipelineMode(handle) == 1 else {
            throw .connectFailed(reason: lastMessage)
        }
    }

    // Says goodbye without waiting for an answer, and closes the socket.
    deinit { unsafe PQfinish(handle) }

    /// The socket, to see from outside whether an idle connection has something to say.
    var socket: Int32 { unsafe PQsocket(handle) }

    var isBroken: Bool { unsafe PQstatus(handle) == CONNECTION_BAD }

    /// Whether the session is outside any transaction.
    var isIdle: Bool { unsafe PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// libpq's last message: host names and reasons, never values.
    var lastMessage: String {
        let text = unsafe String(cString: PQerrorMessage(handle))
        return text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }

    // MARK: - Sending

    func sendPrepare(_ name: String, _ query: PostgresQuery) -> Bool {
        unsafe query.binds.types.withUnsafeBufferPointer { types in
            unsafe PQsendPrepare(handle, name, query.sql, Int32(types.count), types.baseAddress) == 1
        }
    }

    /// Sends a prepared statement with its values; values and answer are in binary form.
    func sendPrepared(_ name: String, _ binds: PostgresBinds) -> Bool {
        unsafe binds.withPointers { values, lengths, formats in
            unsafe PQsendQueryPrepared(handle, name, Int32(binds.count), values, lengths, formats, 1) == 1
        }
    }

    /// Sends a statement that is not worth preparing.
    func sendOnce(_ query: PostgresQuery) -> Bool {
        let binds = query.binds
        return unsafe binds.types.withUnsafeBufferPointer { types in
            unsafe binds.withPointers { values, lengths, formats in
                unsafe PQsendQueryParams(
                    handle,
                    query.sql,
                    Int32(binds.count),
                    types.baseAddress,
                    values,
                    lengths,
                    formats,
                    1
                ) == 1
            }
        }
    }

    /// Sends several statements as one text, outside of pipelines.
    func sendScript(_ sql: String) -> Bool {
        unsafe PQexitPipelineMode(handle) == 1 && PQsendQuery(handle, sql) == 1
    }

    /// Ends the script and goes back to pipelines.
    func endScript() -> Bool { unsafe PQenterPipelineMode(handle) == 1 }

    /// Marks the end of a pipeline: what was sent since the last one commits here, together.
    func sendSync() -> Bool { unsafe PQpipelineSync(handle) == 1 }

    /// Pushes everything out, reading meanwhile so that neither side waits for the other to read.
    func flush(deadline: ContinuousClock.Instant) throws(PostgresError) {
        while true {
            let left = unsafe PQflush(handle)
            guard left >= 0 else { throw .connectionLost(mayHaveCommitted: true, reason: lastMessage) }
            guard left > 0 else { return }
            let ready = try wait(POLLIN | POLLOUT, until: deadline)
            if ready & ~POLLOUT != 0 { try consume() }
        }
    }

    // MARK: - Receiving

    /// The next result, or nil at the end of a statement's results.
    func nextResult(deadline: ContinuousClock.Instant) throws(PostgresError) -> WireResult? {
        while unsafe PQisBusy(handle) == 1 {
            _ = try wait(POLLIN, until: deadline)
            try consume()
        }
        guard let result = unsafe PQgetResult(handle) else { return nil }
        return unsafe WireResult(taking: result)
    }

    private func consume() throws(PostgresError) {
        guard unsafe PQconsumeInput(handle) == 1 else {
            throw .connectionLost(mayHaveCommitted: true, reason: lastMessage)
        }
    }

    // MARK: - Waiting

    /// Waits until the socket is ready for one of `events`, and says for which.
    private func wait(_ events: Int32, until deadline: ContinuousClock.Instant) throws(PostgresError) -> Int32
    {
        while true {
            if Task.isCancelled { throw .cancelled }
            let left = Self.clock.now.duration(to: deadline)
            guard left > .zero else { throw .deadlineExceeded(mayHaveCommitted: true) }
            var watched = (
                pollfd(fd: socket, events: Int16(events), revents: 0),
                pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0)
            )
            let milliseconds = Int32(clamping: left.wholeMilliseconds)
            let count = unsafe withUnsafeMutableBytes(of: &watched) { bytes in
                unsafe poll(bytes.assumingMemoryBound(to: pollfd.self).baseAddress, 2, milliseconds)
            }
            if count < 0, errno != EINTR {
                throw .connectionLost(mayHaveCommitted: true, reason: "poll failed (\(errno))")
            }
            guard count > 0 else { continue }
            // Left over from an earlier call, perhaps: the loop looks at the task itself.
            if watched.1.revents != 0 { wake.clear() }
            if watched.0.revents != 0 { return Int32(watched.0.revents) }
        }
    }

    // MARK: - Connecting

    /// Begins to connect with these words; nil when there is no memory.
    private static func start(_ words: [(key: String, value: String)]) -> OpaquePointer? {
        var bytes: [CChar] = []
        let places = words.map { word in
            let key = bytes.count
            bytes += word.key.utf8CString
            let value = bytes.count
            bytes += word.value.utf8CString
            return (key: key, value: value)
        }
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            let keys = unsafe places.map { unsafe buffer.baseAddress?.advanced(by: $0.key) }
            let values = unsafe places.map { unsafe buffer.baseAddress?.advanced(by: $0.value) }
            return unsafe PQconnectStartParams(keys + [nil], values + [nil], 1)
        }
    }

    /// Drives libpq through the making of a connection.
    ///
    /// After each step libpq says what the socket must be ready for before the next; it may open another socket
    /// meanwhile, so that is asked for each time:
    /// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-PQCONNECTSTARTPARAMS
    private func connect(deadline: ContinuousClock.Instant) throws(PostgresError) {
        guard !isBroken else { throw .connectFailed(reason: lastMessage) }
        var next = PGRES_POLLING_WRITING
        while true {
            switch next {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: _ = try wait(POLLIN, until: deadline)
            case PGRES_POLLING_WRITING: _ = try wait(POLLOUT, until: deadline)
            default: throw .connectFailed(reason: lastMessage)
            }
            next = unsafe PQconnectPoll(handle)
        }
    }
}
