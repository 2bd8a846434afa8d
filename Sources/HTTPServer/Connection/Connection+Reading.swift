import Glibc
import HTTPMessages

/// Reading: heads as they come, bodies as they are asked for.
extension Connection {
    /// Pieces of a body read without a pause before others have their turn.
    private static let piecesAtOnce = 16

    // MARK: Heads

    /// Parses what is there and reads on until a request is complete or nothing more has come.
    func readRequests() {
        if !input.isEmpty {
            let held = input
            input = []
            parse(held.span)
        }
        while phase == .idle || phase == .readingHead, let count = receive() {
            if input.isEmpty {
                loop.withReceived(count) { parse($0) }
            } else {
                var held = input
                input = []
                loop.withReceived(count) { held.append(octets: $0) }
                parse(held.span)
            }
        }
    }

    /// Shows the parser all octets since the start of the head, and keeps what it did not use.
    private func parse(_ octets: Span<UInt8>) {
        do throws(RequestRefusal) {
            guard let (head, length) = try parser.parse(octets) else {
                keep(octets)
                if phase == .idle {
                    phase = .readingHead
                    deadlines.phase = loop.now + settings.timeouts.header
                }
                return
            }
            self.head = head
            let rest = octets.extracting(length..<octets.count)
            let used = try startBody(rest)
            keep(rest.extracting(used..<rest.count))
            startExchange()
        } catch {
            refuse(error)
        }
    }

    private func keep(_ octets: Span<UInt8>) {
        guard !octets.isEmpty else { return }
        input.reserveCapacity(octets.count)
        input.append(octets: octets)
    }

    /// Takes the part of the body that came with the head, so that a short request needs no further read.
    private func startBody(_ octets: Span<UInt8>) throws(RequestRefusal) -> Int {
        parser = HeadParser(limits: settings.limits)
        body = BodyDecoder(head.framing)
        pendingBody = []
        bodyFailure = nil
        bodyClock = BodyClock()
        var used = 0
        if !octets.isEmpty, !body.isDone {
            do throws(ChunkedDecoder.Malformed) {
                used = try body.decode(octets, into: &pendingBody)
            } catch {
                throw .malformed("The body is not well chunked.")
            }
            bodyClock.count(used)
        }
        // RFC 9110 §10.1.1: a client that sent a part of the body does not wait for it.
        owesContinue = head.expectsContinue && !body.isDone && used == 0
        return used
    }

    private func startExchange() {
        exchange += 1
        phase = .responding
        deadlines.phase = .distantFuture
        keepsAlive = head.keepsAlive && !host.isDraining
        deadlines.departure = hasPeerFinished ? loop.now + settings.timeouts.departure : .distantFuture
        let request = IncomingRequest(
            method: head.method,
            path: head.path,
            query: head.query,
            fields: head.fields,
            body: incomingBody(),
            remoteAddress: remoteAddress
        )
        host.exchangeStarted()
        // Owned by this connection, which cancels it when the client leaves; counted by the host, which does not
        // end before it has ended.
        task = Task(executorPreference: loop) { [responder = host.responder] in
            let response = await responder.respond(to: request)
            await self.send(response)
        }
    }

    private func incomingBody() -> IncomingBody {
        if body.isDone {
            defer { pendingBody = [] }
            return pendingBody.isEmpty ? .empty : .bytes(pendingBody)
        }
        let declared: Int? = if case .length(let length) = head.framing { length } else { nil }
        let exchange = exchange
        return IncomingBody(declaredLength: declared) { [self] () async throws(IncomingBody.Failure) in
            try await nextPiece(of: exchange)
        }
    }

    // MARK: Bodies

    /// The next piece of the body, or nil at its end; reads the socket only when nothing is left of the last read.
    private func nextPiece(of exchange: Int) async throws(IncomingBody.Failure) -> [UInt8]? {
        while true {
            guard exchange == self.exchange, phase == .responding else { throw .disconnected }
            if let bodyFailure { throw bodyFailure }
            if !pendingBody.isEmpty {
                defer { pendingBody = [] }
                return pendingBody
            }
            if body.isDone { return nil }
            sendContinueIfOwed()
            if let count = receive() {
                decodeBody(count)
                await yieldInTurn()
            } else if phase == .responding {
                await waitForInput()
            }
        }
    }

    private func decodeBody(_ count: Int) {
        bodyClock.count(count)
        loop.withReceived(count) { octets in
            do throws(ChunkedDecoder.Malformed) {
                let used = try body.decode(octets, into: &pendingBody)
                keep(octets.extracting(used..<octets.count))
            } catch {
                pendingBody = []
                bodyFailure = .malformed
            }
        }
    }

    /// A client that sends faster than its body is read would otherwise keep the loop to itself.
    private func yieldInTurn() async {
        piecesInARow += 1
        guard piecesInARow >= Self.piecesAtOnce else { return }
        piecesInARow = 0
        await Task.yield()
    }

    private func waitForInput() async {
        piecesInARow = 0
        precondition(bodyWaiter == nil, "a body has one reader")
        deadlines.body = bodyClock.startWait(at: loop.now, settings.timeouts)
        await withCheckedContinuation { bodyWaiter = $0 }
        deadlines.body = .distantFuture
        bodyClock.endWait(at: loop.now)
    }

    private func sendContinueIfOwed() {
        guard owesContinue else { return }
        owesContinue = false
        output.edit { $0.append(text: "HTTP/1.1 100 Continue\r\n\r\n") }
        flush()
    }

    // MARK: The socket

    /// Reads once; nil when nothing is there, or when the connection is closed by that.
    func receive() -> Int? {
        while isReadable {
            let count = loop.receive(from: socket)
            if count > 0 {
                // epoll(7): a read that returns less than asked for has emptied the socket; but the end of the
                // stream behind it is announced only once. https://man7.org/linux/man-pages/man7/epoll.7.html
                if count < loop.readCapacity, !hasPeerFinished { isReadable = false }
                return count
            }
            if count == 0 {
                close()
                return nil
            }
            if errno == EINTR { continue }
            isReadable = false
            if errno != EAGAIN { close() }
        }
        return nil
    }
}
