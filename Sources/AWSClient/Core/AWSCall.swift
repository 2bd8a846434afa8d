package import HTTPMessages

/// One request to an AWS service, before it is signed.
package struct AWSCall: Sendable {
    /// How the body takes part in the signature.
    package enum Payload: Sendable, Equatable {
        /// Its SHA-256 is signed, computed when needed.
        case signed
        /// Its SHA-256 in lower-case hexadecimal is known already.
        case signedAs(String)
        /// `UNSIGNED-PAYLOAD`: only for S3, and only over TLS or to an endpoint that is not AWS.
        case unsigned
    }

    package var method: HTTPMethod
    /// Absolute: scheme, host, path percent-encoded once, and query.
    package var url: String
    /// Without `Host`, `Authorization` and the `X-Amz-` fields that signing adds.
    package var fields: HTTPFields
    package var body: [UInt8]
    package var payload: Payload
    package var limits: HTTPTransferLimits
    /// An empty retry bucket then delays the failure instead of failing at once, so that a polling loop cannot spin.
    package var isPolling: Bool

    package init(
        method: HTTPMethod,
        url: String,
        fields: HTTPFields = HTTPFields(),
        body: [UInt8] = [],
        payload: Payload = .signed,
        limits: HTTPTransferLimits = HTTPTransferLimits(),
        isPolling: Bool = false
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
        self.payload = payload
        self.limits = limits
        self.isPolling = isPolling
    }
}

/// Signs, sends and retries calls to one service.
///
/// Returns 2xx and 3xx answers and throws the rest as `.service`, once retrying is over or of no use.
package protocol AWSCalling: Sendable {
    /// `readError` finds code and message in an answer of status 400 and above; nil when the body has none.
    func send(
        _ call: AWSCall,
        readError: @Sendable (HTTPResponse) -> AWSServiceError?
    ) async throws(AWSError) -> HTTPResponse
}
