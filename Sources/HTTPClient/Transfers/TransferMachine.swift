import HTTPMessages

/// The life of one transfer: events in, one action out, nothing done here.
///
/// It decides two things that are easy to get wrong in callbacks: what the caller is told, once, and whether
/// the server may have seen the request.
struct TransferMachine: Sendable {
    private enum State {
        /// For a free place. → connecting, ended
        case waiting
        /// Resolving, connecting, TLS; nothing of the request was sent. → exchanging, ended
        case connecting(refusedAddress: Bool)
        /// The request is on its way or the answer is coming. → condemned, ended
        case exchanging
        /// A callback told curl to stop, for this reason; curl has not said yet that it did. → ended
        case condemned(HTTPTransportError)
        /// The caller has its answer.
        case ended
    }

    enum Event {
        /// A place was free.
        case admitted
        /// The address policy refused one of the addresses.
        case addressRefused
        /// The connection stands and curl is about to send the request; a second time when a reused
        /// connection turned out to be dead.
        case sending(isIdempotent: Bool)
        /// More arrived than is accepted.
        case tooLarge(limit: Int)
        /// Curl is done: nil when the answer is complete.
        case completed(TransferFault?)
        /// The request could not be handed to curl.
        case refused(HTTPTransportError)
        case cancelled
        case deadlinePassed
        case clientClosed
    }

    enum Action: Equatable {
        case none
        /// Hand the request to curl.
        case start
        /// Let curl go on.
        case proceed
        /// Make curl stop, from inside a callback; `completed` follows.
        case abort
        /// Give the caller the answer that arrived.
        case deliver
        /// Take the transfer away from curl, and throw this to the caller.
        case fail(HTTPTransportError)
    }

    private var state = State.waiting

    var isEnded: Bool { if case .ended = state { true } else { false } }

    mutating func handle(_ event: Event) -> Action {
        switch (state, event) {
        case (.ended, _):
            return .none
        case (.waiting, .admitted):
            state = .connecting(refusedAddress: false)
            return .start
        case (.connecting, .addressRefused):
            state = .connecting(refusedAddress: true)
            return .abort
        case (.connecting, .sending):
            state = .exchanging
            return .proceed
        case (.exchanging, .sending(isIdempotent: true)):
            return .proceed
        case (.exchanging, .addressRefused):
            return .abort
        case (.exchanging, .sending(isIdempotent: false)):
            // The first copy may have reached the server before the connection broke.
            return condemn(.interrupted(reason: "connection lost, and the request must not be sent twice"))
        case (_, .tooLarge(let limit)):
            return condemn(.responseTooLarge(limit: limit))
        default:
            return end(with: event)
        }
    }

    private mutating func condemn(_ error: HTTPTransportError) -> Action {
        state = .condemned(error)
        return .abort
    }

    private mutating func end(with event: Event) -> Action {
        let before = state
        switch event {
        case .completed(nil):
            state = .ended
            if case .condemned(let error) = before { return .fail(error) }
            return .deliver
        case .completed(let fault?):
            state = .ended
            return .fail(Self.error(for: fault, in: before))
        case .refused(let error):
            state = .ended
            return .fail(error)
        case .cancelled:
            state = .ended
            return .fail(.cancelled)
        case .deadlinePassed:
            state = .ended
            return .fail(Self.error(for: .timeUp, in: before))
        case .clientClosed:
            state = .ended
            return .fail(Self.errorWhenClosed(in: before))
        case .admitted, .addressRefused, .sending, .tooLarge:
            // A callback that curl makes out of turn changes nothing.
            return .none
        }
    }

    private static func error(for fault: TransferFault, in state: State) -> HTTPTransportError {
        switch (state, fault) {
        case (.condemned(let error), _): error
        case (.connecting(refusedAddress: true), _): .addressRefused
        case (.exchanging, .timeUp): .timedOut
        case (.exchanging, .request(let reason)), (.exchanging, .tls(let reason)),
            (.exchanging, .connection(let reason)):
            .interrupted(reason: reason)
        case (_, .timeUp): .connectFailed(reason: "time was up before the connection stood")
        case (_, .request(let reason)): .invalidRequest(reason: reason)
        case (_, .tls(let reason)): .tlsFailed(reason: reason)
        case (_, .connection(let reason)): .connectFailed(reason: reason)
        }
    }

    private static func errorWhenClosed(in state: State) -> HTTPTransportError {
        switch state {
        case .condemned(let error): error
        case .exchanging: .interrupted(reason: "the client was closed")
        case .waiting, .connecting, .ended: .closed
        }
    }
}
