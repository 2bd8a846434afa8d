/// One place that credentials may come from.
///
/// Asked anew at every refresh, by one task at a time.
package protocol AWSCredentialProvider: Sendable {
    /// What messages call it.
    var name: String { get }

    /// New credentials, or nil when this source is not configured and the next one should be asked.
    ///
    /// A source that is configured and fails throws: falling through to another identity would surprise.
    func load() async throws(AWSCredentialsError) -> AWSCredentials?
}
