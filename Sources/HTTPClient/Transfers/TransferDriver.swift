import HTTPMessages

/// Drives every transfer of a client, on a thread of its own.
///
/// All state here belongs to that thread; other threads speak to it through the mailbox. A transfer is in
/// `transfers` from when its order is read until its caller has the outcome, and its easy handle is in the
/// multi handle only in between.
final class TransferDriver {
    private let settings: HTTPClientSettings
    private let mailbox: Mailbox
    private let multi: CurlMulti
    private var queue: AdmissionQueue
    private var transfers: [TransferID: Transfer] = [:]
    private var running: [TransferID: EasyHandle] = [:]
    private var owners: [EasyHandle.ID: TransferID] = [:]
    private var idleHandles: [EasyHandle] = []
    /// No deadline lies before this; nil when there is none at all.
    private var nextDeadline: ContinuousClock.Instant?
    /// No waiting transfer is started any more.
    private var isClosing = false
    private let clock = ContinuousClock()

    init(settings: HTTPClientSettings, mailbox: Mailbox, multi: CurlMulti) {
        self.settings = settings
        self.mailbox = mailbox
        self.multi = multi
        queue = AdmissionQueue(
            perOrigin: settings.requestsPerOrigin,
            total: settings.requests,
            waitingLimit: settings.waitingRequests
        )
    }

    /// Works until the mailbox is closed; then ends every transfer.
    func run() {
        do throws(TransferFault) {
            while readMailbox() {
                try multi.perform()
                completeFinished()
                expireDeadlines()
                try multi.wait(atMost: timeToNextDeadline())
            }
        } catch {
            // A multi handle that fails once cannot be trusted again: this client is at its end.
            mailbox.close()
            _ = readMailbox()
        }
        isClosing = true
        for transfer in Array(transfers.values) { conclude(transfer, .clientClosed) }
    }

    /// Does what was asked for since the last time; false when the client was closed.
    private func readMailbox() -> Bool {
        let delivery = mailbox.takeAll()
        for message in delivery.messages {
            switch message {
            case .send(let order): accept(order)
            case .cancel(let id): if let transfer = transfers[id] { conclude(transfer, .cancelled) }
            }
        }
        return !delivery.isLast
    }

    private func accept(_ order: TransferOrder) {
        let transfer = Transfer(order, settings: settings)
        switch queue.enter(transfer.id, origin: transfer.request.origin) {
        case .now:
            track(transfer)
            start(transfer)
        case .waiting:
            track(transfer)
        case .full:
            _ = transfer.handle(.refused(.connectFailed(reason: "too many requests are waiting")))
        }
    }

    private func track(_ transfer: Transfer) {
        transfers[transfer.id] = transfer
        nextDeadline = min(nextDeadline ?? transfer.deadline, transfer.deadline)
    }

    /// Hands an admitted transfer to curl.
    private func start(_ transfer: Transfer) {
        guard transfer.handle(.admitted) == .start else { return }
        do throws(TransferFault) {
            let easy = if let idle = idleHandles.popLast() { idle } else { try EasyHandle() }
            try easy.prepare(transfer, settings: settings)
            try multi.add(easy)
            running[transfer.id] = easy
            owners[easy.id] = transfer.id
        } catch {
            conclude(transfer, .completed(error))
        }
    }

    private func completeFinished() {
        while let (easy, fault) = multi.nextFinished() {
            guard let id = owners[easy], let transfer = transfers[id] else { continue }
            conclude(transfer, .completed(fault ?? transfer.faultOfAnswer))
        }
    }

    /// Ends a transfer: its handle goes back, its caller gets the outcome, and its place goes to the next.
    private func conclude(_ transfer: Transfer, _ event: TransferMachine.Event) {
        transfers[transfer.id] = nil
        let wasAdmitted = transfer.isAdmitted
        if let easy = running.removeValue(forKey: transfer.id) {
            owners[easy.id] = nil
            multi.remove(easy)
            easy.reset()
            idleHandles.append(easy)
        }
        _ = transfer.handle(event)
        guard wasAdmitted else {
            queue.abandon(transfer.id, origin: transfer.request.origin)
            return
        }
        guard !isClosing else { return }
        if let next = queue.leave(origin: transfer.request.origin), let waiting = transfers[next] {
            start(waiting)
        }
    }

    // MARK: - Deadlines

    /// Ends what ran out of time.
    ///
    /// Looks at every transfer, but only when the earliest deadline there was has come.
    private func expireDeadlines() {
        guard let next = nextDeadline else { return }
        let now = clock.now
        guard next <= now else { return }
        for transfer in Array(transfers.values) where transfer.deadline <= now {
            conclude(transfer, .deadlinePassed)
        }
        nextDeadline = transfers.values.map(\.deadline).min()
    }

    private func timeToNextDeadline() -> Int32 {
        guard let nextDeadline else { return Int32.max }
        return Int32(clamping: clock.now.duration(to: nextDeadline).wholeMilliseconds)
    }
}
