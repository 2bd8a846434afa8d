/// An access key with its secret and, when temporary, its session token and end.
///
/// Always handed around whole, so that a key is never used with another key's token.
package struct AWSCredentials: Sendable, Hashable {
    package let accessKeyID: String
    package let secretAccessKey: AWSSecret
    package let sessionToken: AWSSecret?
    /// Nil when they do not expire.
    package let expiration: AWSTime?

    package init(
        accessKeyID: String,
        secretAccessKey: AWSSecret,
        sessionToken: AWSSecret? = nil,
        expiration: AWSTime? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

extension AWSCredentials {
    /// Whether key and token are visible ASCII: a line feed in one would end the header field it is sent in.
    var canBeSent: Bool {
        [accessKeyID, sessionToken?.revealed ?? ""]
            .allSatisfy { text in
                text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            } && !accessKeyID.isEmpty
    }
}
