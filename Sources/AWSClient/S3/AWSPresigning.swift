package import HTTPMessages

/// Makes URLs that carry their signature.
package protocol AWSPresigning: Sendable {
    /// A URL with which someone without credentials may make this one request, for so many seconds.
    func presign(
        method: HTTPMethod,
        url: String,
        fields: HTTPFields,
        expiresIn seconds: Int
    ) async throws(AWSError) -> String
}

extension AWSCaller: AWSPresigning {}
