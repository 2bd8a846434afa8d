/// What the server sends back.
///
/// `Content-Length`, `Transfer-Encoding`, `Date` and `Connection` are the
/// server's to write; everything else is the responder's.
package struct OutgoingResponse: Sendable {
    /// What follows the head.
    package enum Body: Sendable {
        case empty
        case bytes([UInt8])
        /// A file sent from `offset` for `length` bytes. The server opens it, and closes it whatever happens.
        case file(path: String, offset: Int, length: Int)
        /// Pieces pushed by the closure, with backpressure. When it throws, the connection is closed so that a
        /// broken stream does not look complete.
        case stream(@Sendable (any BodyWriter) async throws -> Void)
    }

    package var status: Int
    package var fields: HTTPFields
    package var body: Body

    package init(status: Int, fields: HTTPFields = HTTPFields(), body: Body = .empty) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

/// Where a streamed response goes.
package protocol BodyWriter: Sendable {
    /// Returns when the bytes are queued and only a bounded amount waits for the socket; throws
    /// `CancellationError` when the client has gone.
    func write(_ bytes: [UInt8]) async throws
}
