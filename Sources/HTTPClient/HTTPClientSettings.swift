/// What one `HTTPClient` may do, for all of its requests.
package struct HTTPClientSettings: Sendable {
    /// Requests in flight to one scheme, host and port.
    ///
    /// Each uses a connection of its own, so this also bounds the connections to one origin.
    package var requestsPerOrigin = 64
    /// Requests in flight altogether, and connections kept open.
    package var requests = 256
    /// Requests that may wait for a free place; one more is refused.
    package var waitingRequests = 10_000
    /// Bytes of response head accepted, interim responses and trailers included.
    package var responseHeadBytes = 64 * 1024
    /// Whether HTTP/2 is offered over TLS; without TLS it is always HTTP/1.1.
    package var offersHTTP2 = true
    /// Whether compressed answers are asked for and decoded.
    ///
    /// Limits count decoded bytes.
    package var decodesCompression = false
    /// Where connections may go.
    package var addressPolicy = AddressPolicy.any
    /// A PEM file of certificate authorities to trust besides the system's.
    package var caFile: String?
    /// The `User-Agent` of requests that bring none.
    package var userAgent = "image-api"

    package init() {}
}
