/// Gives callers the credentials to sign with; kept by `CachedAWSCredentials` and `StaticAWSCredentials`.
package protocol AWSCredentialSource: Sendable {
    /// Credentials to sign with now, as one snapshot.
    ///
    /// Quick while they are fresh: called for every attempt of every request.
    func current() async throws(AWSCredentialsError) -> AWSCredentials

    /// Credentials to use after a service refused these as expired or unknown.
    ///
    /// Equal to the refused ones when there are no others.
    func replacement(for refused: AWSCredentials) async throws(AWSCredentialsError) -> AWSCredentials
}

/// Credentials that never change.
package struct StaticAWSCredentials: AWSCredentialSource {
    private let credentials: AWSCredentials

    package init(_ credentials: AWSCredentials) { self.credentials = credentials }

    package func current() -> AWSCredentials { credentials }

    package func replacement(for refused: AWSCredentials) -> AWSCredentials { credentials }
}
