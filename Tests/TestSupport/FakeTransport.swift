package import HTTPMessages
import Synchronization

/// A transport that answers from a script and remembers what it was asked.
package final class FakeTransport: HTTPTransport {
    /// What one request is answered with.
    package enum Answer: Sendable {
        case response(HTTPResponse)
        case failure(HTTPTransportError)
        /// Computed from the request, waiting if it must.
        case handler(@Sendable (HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse)

        /// An answer with a text as its body.
        package static func status(
            _ status: Int,
            _ fields: KeyValuePairs<String, String> = [:],
            body: String = ""
        ) -> Answer {
            .response(HTTPResponse(status: status, fields: HTTPFields(fields), body: Array(body.utf8)))
        }
    }

    private struct State {
        var answers: [Answer]
        var requests: [HTTPRequest] = []
        var limits: [HTTPTransferLimits] = []
    }

    private let state: Mutex<State>
    private let fallback: Answer

    /// Gives these answers in order, and `fallback` to every request after them.
    package init(
        _ answers: [Answer] = [],
        fallback: Answer = .failure(.invalidRequest(reason: "the script has no answer left"))
    ) {
        state = Mutex(State(answers: answers))
        self.fallback = fallback
    }

    /// Answers every request by this function.
    package convenience init(
        handler: @escaping @Sendable (HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse
    ) {
        self.init(fallback: .handler(handler))
    }

    /// Every request so far, in order.
    package var requests: [HTTPRequest] { state.withLock { $0.requests } }

    /// The limits of every request so far, in order.
    package var limits: [HTTPTransferLimits] { state.withLock { $0.limits } }

    /// Adds an answer at the end of the script.
    package func enqueue(_ answer: Answer) { state.withLock { $0.answers.append(answer) } }

    package func send(
        _ request: HTTPRequest,
        limits: HTTPTransferLimits
    ) async throws(HTTPTransportError) -> HTTPResponse {
        if Task.isCancelled { throw .cancelled }
        let answer = state.withLock { state in
            state.requests.append(request)
            state.limits.append(limits)
            return state.answers.isEmpty ? fallback : state.answers.removeFirst()
        }
        switch answer {
        case .response(let response): return response
        case .failure(let error): throw error
        case .handler(let respond): return try await respond(request)
        }
    }
}
