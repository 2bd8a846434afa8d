/// Keys from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
package struct EnvironmentCredentials: AWSCredentialProvider {
    package let name = "environment"
    private let environment: [String: String]

    package init(environment: [String: String]) { self.environment = environment }

    package func load() throws(AWSCredentialsError) -> AWSCredentials? {
        let key = value("AWS_ACCESS_KEY_ID")
        let secret = value("AWS_SECRET_ACCESS_KEY")
        if key == nil, secret == nil { return nil }
        guard let key, let secret else {
            let (present, missing) =
                key == nil
                ? ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")
                : ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
            throw .unusable(source: name, reason: "\(present) is set but \(missing) is not")
        }
        let credentials = AWSCredentials(
            accessKeyID: key,
            secretAccessKey: AWSSecret(secret),
            sessionToken: value("AWS_SESSION_TOKEN").map { AWSSecret($0) }
        )
        guard credentials.canBeSent else {
            throw .unusable(source: name, reason: "a key or token holds a character that no header may hold")
        }
        return credentials
    }

    /// An empty variable counts as unset.
    private func value(_ name: String) -> String? {
        guard let value = environment[name], !value.isEmpty else { return nil }
        return value
    }
}
