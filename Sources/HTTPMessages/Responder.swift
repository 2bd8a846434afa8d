/// Answers requests.
///
/// Implemented by `API`; called by `HTTPServer`.
///
/// The task is cancelled when the client goes away. A responder answers every request, so it does not
/// throw: what went wrong is said in the response.
package protocol Responder: Sendable {
    func respond(to request: IncomingRequest) async -> OutgoingResponse
}

/// A request as the server read it: syntax checked, nothing interpreted.
package struct IncomingRequest: Sendable {
    package var method: HTTPMethod
    /// The path as sent, percent-encoded, without the query.
    ///
    /// Always begins with `/`, or is `*`.
    package var path: String
    /// What follows `?`, percent-encoded; nil without a `?`.
    package var query: String?
    package var fields: HTTPFields
    package var body: IncomingBody
    /// The peer's address in text, without the port.
    package var remoteAddress: String

    package init(
        method: HTTPMethod,
        path: String,
        query: String? = nil,
        fields: HTTPFields = HTTPFields(),
        body: IncomingBody = .empty,
        remoteAddress: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.fields = fields
        self.body = body
        self.remoteAddress = remoteAddress
    }
}

/// The body of a request: read once, by pieces, as the client sends it.
///
/// Nothing is read until asked for.
package struct IncomingBody: Sendable {
    /// Why a body could not be read.
    package enum Failure: Error, Equatable, Sendable {
        /// More bytes than the reader accepts: answer 413.
        case tooLarge
        /// The client was too slow: answer 408.
        case timedOut
        /// The framing was broken: answer 400.
        case malformed
        /// The client went away; no answer can reach it.
        case disconnected
    }

    /// The length the client declared; nil when chunked.
    package let declaredLength: Int?
    private let read: @Sendable () async throws(Failure) -> [UInt8]?

    package init(
        declaredLength: Int?,
        read: @escaping @Sendable () async throws(Failure) -> [UInt8]?
    ) {
        self.declaredLength = declaredLength
        self.read = read
    }

    package static let empty = IncomingBody(declaredLength: 0) { () throws(Failure) in nil }

    /// A body that is already there.
    ///
    /// For tests and for requests whose body came with the head.
    package static func bytes(_ bytes: [UInt8]) -> IncomingBody {
        let once = OnceBytes(bytes)
        return IncomingBody(declaredLength: bytes.count) { () throws(Failure) in once.take() }
    }

    /// The next piece, or nil at the end.
    package func next() async throws(Failure) -> [UInt8]? { try await read() }

    /// Reads the whole body, of at most `limit` bytes.
    ///
    /// A declared length above the limit is refused before anything is read.
    package func collect(upTo limit: Int) async throws(Failure) -> [UInt8] {
        if let declaredLength, declaredLength > limit { throw .tooLarge }
        guard var all = try await read() else { return [] }
        while all.count <= limit, let piece = try await read() { all += piece }
        guard all.count <= limit else { throw .tooLarge }
        return all
    }
}
