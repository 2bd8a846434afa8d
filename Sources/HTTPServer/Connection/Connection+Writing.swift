import Glibc
import HTTPMessages
import Telemetry

/// Writing: heads, bodies, files, and streams with backpressure.
extension Connection {
    /// What a stream may have waiting for the socket before its producer waits, too.
    private static let streamBacklog = 64 * 1024

    /// Sends the responder's answer.
    func send(_ response: OutgoingResponse) async {
        defer { host.exchangeEnded() }
        guard phase == .responding else { return }
        if let field = ResponseHead.invalidField(in: response.fields) {
            host.log.error("response field refused", ["field": .text(field)])
            queue(.broken)
        } else {
            switch response.body {
            case .empty: begin(response, .length(0))
            case .bytes(let bytes): queue(response, bytes)
            case .file(let path, let offset, let length):
                queueFile(response, path: path, offset: offset, length: length)
            case .stream(let produce): await stream(response, produce)
            }
        }
        complete()
    }

    /// Answers without the responder; nothing after a refused request can be understood, so the connection ends.
    func refuse(_ refusal: RequestRefusal) {
        head = RequestHead()
        bodyFailure = .malformed
        phase = .responding
        deadlines.phase = .distantFuture
        // The responder, which logs requests, never hears of this one.
        let id = settings.freshRequestID()
        host.log.info(
            "request refused by the server",
            ["status": .integer(refusal.status), "code": .text(refusal.code), "request_id": .text(id)]
        )
        queue(ServerProblem(refusal), requestID: id)
        complete()
    }

    // MARK: Head

    /// Writes the head; tells whether a body follows it.
    @discardableResult
    private func begin(_ response: OutgoingResponse, _ framing: ResponseHead.Framing) -> Bool {
        // What is left of the body would be taken for the next request.
        if !body.isDone || bodyFailure != nil || host.isDraining || framing == .untilClose {
            keepsAlive = false
        }
        let forbidsBody = response.status < 200 || response.status == 204 || response.status == 304
        let head = ResponseHead(
            status: response.status,
            framing: forbidsBody ? .none : framing,
            keepsAlive: keepsAlive,
            isVersion10: self.head.isVersion10
        )
        let dateLine = loop.dateLine
        output.edit { head.write(response.fields, dateLine: dateLine, to: &$0) }
        return !forbidsBody && self.head.method != .head
    }

    // MARK: Bodies

    private func queue(_ response: OutgoingResponse, _ bytes: [UInt8]) {
        if begin(response, .length(bytes.count)) { output.append(body: bytes) }
    }

    private func queue(_ problem: ServerProblem) { queue(problem, requestID: settings.freshRequestID()) }

    private func queue(_ problem: ServerProblem, requestID: String) {
        queue(problem.response(requestID: requestID), problem.body(requestID: requestID))
    }

    private func queueFile(_ response: OutgoingResponse, path: String, offset: Int, length: Int) {
        do throws(FileSlice.Failure) {
            let slice = try FileSlice(path: path, offset: offset, length: length)
            if begin(response, .length(length)) { output.append(slice) }
        } catch {
            if case .missing = error { return queue(.fileMissing) }
            host.log.error("file of a response cannot be sent", ["reason": .text("\(error)")])
            queue(.broken)
        }
    }

    private func stream(
        _ response: OutgoingResponse,
        _ produce: @Sendable (any BodyWriter) async throws -> Void
    ) async {
        let framing: ResponseHead.Framing = head.isVersion10 ? .untilClose : .chunked
        guard begin(response, framing) else { return }
        isChunking = framing == .chunked
        flush()
        do {
            try await produce(ConnectionWriter(connection: self, exchange: exchange))
        } catch {
            // A broken stream must not look complete; why it broke, its producer knows.
            return close()
        }
        if isChunking, phase == .responding { output.edit { $0.append(text: "0\r\n\r\n") } }
    }

    /// Queues a piece of a stream and waits until only a bounded amount is left for the socket.
    func write(_ bytes: [UInt8], of exchange: Int) async throws {
        guard exchange == self.exchange, phase == .responding else { throw CancellationError() }
        // An empty chunk would be the end.
        guard !bytes.isEmpty else { return }
        output.edit { [isChunking] octets in
            if isChunking {
                octets.append(hexadecimal: bytes.count)
                octets.append(text: "\r\n")
            }
            octets += bytes
            if isChunking { octets.append(text: "\r\n") }
        }
        flush()
        while output.pendingBytes > Self.streamBacklog, phase == .responding {
            precondition(writeWaiter == nil, "a stream has one writer")
            await withCheckedContinuation { writeWaiter = $0 }
        }
        guard exchange == self.exchange, phase == .responding else { throw CancellationError() }
    }

    // MARK: The socket

    /// The whole answer is queued: sends it, and goes on when it is gone.
    private func complete() {
        guard phase == .responding else { return }
        phase = .flushing
        task = nil
        deadlines.departure = .distantFuture
        flush()
    }

    /// Sends what the socket takes.
    func flush() {
        guard phase != .closed else { return }
        var hasProgressed = false
        switch output.flush(to: socket, hasProgressed: &hasProgressed) {
        case .broken: close()
        case .blocked:
            if hasProgressed || deadlines.write == .distantFuture {
                deadlines.write = loop.now + settings.timeouts.write
            }
            if output.pendingBytes <= Self.streamBacklog { resumeWriteWaiter() }
        case .drained:
            deadlines.write = .distantFuture
            resumeWriteWaiter()
            if phase == .flushing { exchangeFinished() }
        }
    }

    private func exchangeFinished() {
        guard keepsAlive else { return finish() }
        phase = .idle
        // An idle connection keeps nothing of what it has served.
        head = RequestHead()
        deadlines.phase = loop.now + settings.timeouts.idle
        if !input.isEmpty || isReadable { readRequests() }
    }
}

/// Where the responder's stream goes.
private struct ConnectionWriter: BodyWriter {
    let connection: Connection
    let exchange: Int

    func write(_ bytes: [UInt8]) async throws { try await connection.write(bytes, of: exchange) }
}
