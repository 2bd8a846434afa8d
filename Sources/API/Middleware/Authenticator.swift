import Cryptography
import HTTPMessages
import ImageJobs

/// The keys that may use this API.
///
/// Keeps their SHA-256 digests only.
package struct APIKeys: Sendable {
    /// One key and whose it is.
    ///
    /// An owner may have several keys at a time, so that they can be rotated.
    package struct Entry: Sendable {
        let owner: OwnerID
        let digest: [UInt8]

        /// Makes an entry; without a name the owner is called after the digest of the key.
        package init(name: String?, key: String) {
            digest = SHA256.digest(of: Array(key.utf8))
            owner = OwnerID(rawValue: name ?? "key-" + hexadecimal(Array(digest.prefix(6))))
        }
    }

    private let entries: [Entry]

    package init(_ entries: [Entry]) { self.entries = entries }

    /// Whose key this is.
    ///
    /// Takes the same time whichever key matches, or none.
    func owner(of key: String) -> OwnerID? {
        let digest = SHA256.digest(of: Array(key.utf8))
        var owner: OwnerID?
        for entry in entries where constantTimeEqual(entry.digest, digest) { owner = owner ?? entry.owner }
        return owner
    }
}

/// Finds out who asks, by `Authorization: Bearer KEY` or `X-API-Key: KEY`.
struct Authenticator: Sendable {
    let keys: APIKeys

    /// Longer credentials are refused before they are hashed.
    private static let keyLimit = 512

    /// The owner of the key that came with the request; nil when none came.
    ///
    /// Throws 401 when it is not one of ours.
    func identify(_ fields: HTTPFields) throws(Problem) -> OwnerID? {
        guard let key = try credential(in: fields) else { return nil }
        guard key.utf8.count <= Self.keyLimit, let owner = keys.owner(of: key) else {
            throw Self.unauthorized("The API key is not valid.", error: "invalid_token")
        }
        return owner
    }

    /// The same, but a key is demanded.
    func require(_ fields: HTTPFields) throws(Problem) -> OwnerID {
        guard let owner = try identify(fields) else {
            throw Self.unauthorized("Send an API key: Authorization: Bearer KEY.", error: nil)
        }
        return owner
    }

    private func credential(in fields: HTTPFields) throws(Problem) -> String? {
        let authorization = fields.values("authorization")
        let plain = fields.values("x-api-key")
        guard authorization.count + plain.count <= 1 else {
            throw Problem(
                status: 400,
                code: "ambiguous_credentials",
                detail: "Send one API key, in Authorization or in X-API-Key."
            )
        }
        if let key = plain.first { return key }
        guard let value = authorization.first else { return nil }
        // The scheme is case-insensitive (RFC 9110 §11.1), the key is not.
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty, !parts[1].contains(" ")
        else {
            throw Self.unauthorized(
                "Use the Bearer scheme: Authorization: Bearer KEY.",
                error: "invalid_request"
            )
        }
        return String(parts[1])
    }

    /// RFC 6750 §3: what went wrong is named only when credentials came.
    private static func unauthorized(_ detail: String, error: String?) -> Problem {
        let challenge = "Bearer realm=\"image-api\"" + (error.map { ", error=\"\($0)\"" } ?? "")
        return Problem(
            status: 401,
            code: "unauthorized",
            detail: detail,
            fields: HTTPFields(["WWW-Authenticate": challenge])
        )
    }
}
