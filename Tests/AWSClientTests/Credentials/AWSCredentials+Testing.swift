import AWSClient

extension AWSCredentials {
    /// Credentials told apart by their key.
    static func test(_ key: String, expiration: AWSTime? = nil) -> AWSCredentials {
        AWSCredentials(
            accessKeyID: key,
            secretAccessKey: AWSSecret("secret-of-\(key)"),
            sessionToken: expiration.map { _ in AWSSecret("token-of-\(key)") },
            expiration: expiration
        )
    }
}
