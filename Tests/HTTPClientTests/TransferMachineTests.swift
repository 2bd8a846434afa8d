import HTTPMessages
import Testing

@testable import HTTPClient

@Suite struct `The life of a transfer` {
    private typealias Event = TransferMachine.Event
    private typealias Action = TransferMachine.Action

    @Test func `an answer is delivered after the request was sent`() {
        #expect(
            actions(.admitted, .sending(isIdempotent: false), .completed(nil)) == [
                .start, .proceed, .deliver,
            ]
        )
    }

    @Test func `faults before the request is sent say that the server saw nothing`() {
        #expect(last(.admitted, .completed(.connection(reason: "r"))) == .fail(.connectFailed(reason: "r")))
        #expect(last(.admitted, .completed(.tls(reason: "r"))) == .fail(.tlsFailed(reason: "r")))
        #expect(last(.admitted, .completed(.request(reason: "r"))) == .fail(.invalidRequest(reason: "r")))
        #expect(isConnectFailed(last(.admitted, .completed(.timeUp))))
        #expect(isConnectFailed(last(.admitted, .deadlinePassed)))
        #expect(isConnectFailed(last(.deadlinePassed)))
    }

    @Test func `faults after the request was sent leave open whether the server acted`() {
        let sent: [Event] = [.admitted, .sending(isIdempotent: true)]
        for fault in [TransferFault.connection(reason: "r"), .tls(reason: "r"), .request(reason: "r")] {
            #expect(last(sent + [.completed(fault)]) == .fail(.interrupted(reason: "r")))
        }
        #expect(last(sent + [.completed(.timeUp)]) == .fail(.timedOut))
        #expect(last(sent + [.deadlinePassed]) == .fail(.timedOut))
    }

    @Test func `an idempotent request may be sent again on a new connection`() {
        let sending = Event.sending(isIdempotent: true)
        #expect(
            actions(.admitted, sending, sending, .completed(nil)) == [.start, .proceed, .proceed, .deliver]
        )
    }

    @Test func `a request that is not idempotent is never sent twice`() {
        let sending = Event.sending(isIdempotent: false)
        let actions = actions(.admitted, sending, sending, .completed(.connection(reason: "aborted")))
        #expect(actions.prefix(3) == [.start, .proceed, .abort])
        guard case .fail(.interrupted) = actions.last else {
            Issue.record("it failed otherwise: \(actions)")
            return
        }
    }

    @Test func `a refused address is the reason when no other address could be reached`() {
        let actions = actions(.admitted, .addressRefused, .completed(.connection(reason: "r")))
        #expect(actions == [.start, .abort, .fail(.addressRefused)])
    }

    @Test func `a refused address does not matter when another one answers`() {
        let actions = actions(.admitted, .addressRefused, .sending(isIdempotent: true), .completed(nil))
        #expect(actions == [.start, .abort, .proceed, .deliver])
    }

    @Test func `too large an answer is said to be that, whatever curl calls it`() {
        let sent: [Event] = [.admitted, .sending(isIdempotent: true), .tooLarge(limit: 9)]
        let tooLarge = Action.fail(.responseTooLarge(limit: 9))
        #expect(last(sent) == .abort)
        #expect(last(sent + [.completed(.connection(reason: "write error"))]) == tooLarge)
        #expect(last(sent + [.completed(nil)]) == tooLarge)
        #expect(last(sent + [.deadlinePassed]) == tooLarge)
        #expect(last(sent + [.clientClosed]) == tooLarge)
    }

    @Test func `cancellation is told at every stage`() {
        #expect(last(.cancelled) == .fail(.cancelled))
        #expect(last(.admitted, .cancelled) == .fail(.cancelled))
        #expect(last(.admitted, .sending(isIdempotent: true), .cancelled) == .fail(.cancelled))
    }

    @Test func `closing says whether the request had been sent`() {
        #expect(last(.clientClosed) == .fail(.closed))
        #expect(last(.admitted, .clientClosed) == .fail(.closed))
        guard case .fail(.interrupted) = last(.admitted, .sending(isIdempotent: true), .clientClosed) else {
            Issue.record("a sent request must not look unsent")
            return
        }
    }

    @Test func `nothing happens after the end`() {
        let ends: [Event] = [
            .cancelled, .deadlinePassed, .clientClosed, .completed(nil), .completed(.timeUp),
            .refused(.closed),
        ]
        let all = ends + [.admitted, .addressRefused, .sending(isIdempotent: true), .tooLarge(limit: 1)]
        for end in ends {
            for event in all { #expect(last(.admitted, end, event) == Action.none) }
        }
    }

    private func actions(_ events: Event...) -> [Action] {
        var machine = TransferMachine()
        return events.map { machine.handle($0) }
    }

    private func last(_ events: Event...) -> Action? { last(events) }

    private func last(_ events: [Event]) -> Action? {
        var machine = TransferMachine()
        return events.map { machine.handle($0) }.last
    }

    private func isConnectFailed(_ action: Action?) -> Bool {
        if case .fail(.connectFailed) = action { true } else { false }
    }
}
