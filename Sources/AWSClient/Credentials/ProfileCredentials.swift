/// Keys of a profile in `~/.aws/credentials` or `~/.aws/config`.
///
/// `AWS_PROFILE` names the profile; `AWS_SHARED_CREDENTIALS_FILE` and `AWS_CONFIG_FILE` name the files. A profile that
/// needs a role, single sign-on or a program is an error rather than passed over.
package struct ProfileCredentials: AWSCredentialProvider {
    package let name = "profile files"
    private let environment: [String: String]
    private let files: AWSFileReader

    package init(environment: [String: String], files: AWSFileReader) {
        self.environment = environment
        self.files = files
    }

    package func load() throws(AWSCredentialsError) -> AWSCredentials? {
        let chosen = variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE")
        let profile = chosen ?? "default"
        let configuration = try properties(
            of: profile,
            in: "AWS_CONFIG_FILE",
            orHomeFile: ".aws/config",
            kind: .configuration
        )
        let credentials = try properties(
            of: profile,
            in: "AWS_SHARED_CREDENTIALS_FILE",
            orHomeFile: ".aws/credentials",
            kind: .credentials
        )
        if configuration == nil, credentials == nil {
            guard let chosen else { return nil }
            throw .unusable(source: name, reason: "profile \(chosen) is in neither file")
        }
        // The credentials file wins where both have a property.
        let properties = (configuration ?? [:]).merging(credentials ?? [:]) { _, credentials in credentials }
        return try keys(in: properties, of: profile)
    }

    private func keys(
        in properties: [String: String],
        of profile: String
    ) throws(AWSCredentialsError) -> AWSCredentials? {
        let unsupported = [
            ("role_arn", "assumes a role (role_arn)"),
            ("sso_session", "uses single sign-on (sso_session)"),
            ("sso_start_url", "uses single sign-on (sso_start_url)"),
            ("login_session", "uses a login session"),
        ]
        for (property, what) in unsupported where properties[property] != nil {
            throw .unusable(
                source: name,
                reason:
                    "profile \(profile) \(what), which is not supported; export its keys into the environment"
            )
        }
        let key = properties["aws_access_key_id"] ?? ""
        let secret = properties["aws_secret_access_key"] ?? ""
        if key.isEmpty, secret.isEmpty {
            guard properties["credential_process"] == nil else {
                throw .unusable(
                    source: name,
                    reason: "profile \(profile) runs a program (credential_process), which is not supported"
                )
            }
            return nil
        }
        let token = properties["aws_session_token"] ?? ""
        let credentials = AWSCredentials(
            accessKeyID: key,
            secretAccessKey: AWSSecret(secret),
            sessionToken: token.isEmpty ? nil : AWSSecret(token)
        )
        guard !secret.isEmpty, credentials.canBeSent else {
            throw .unusable(
                source: name,
                reason: "profile \(profile) has half a key, or one that cannot be sent"
            )
        }
        return credentials
    }

    /// Nil when there is no such file or no such profile in it.
    private func properties(
        of profile: String,
        in variableName: String,
        orHomeFile homeFile: String,
        kind: ProfileFile.Kind
    ) throws(AWSCredentialsError) -> [String: String]? {
        guard let path = path(variable(variableName) ?? "~/\(homeFile)") else { return nil }
        let label = kind == .configuration ? "the configuration file" : "the credentials file"
        let content: [UInt8]?
        do throws(AWSFileReader.Failure) {
            content = try files.read(path)
        } catch {
            throw .failed(source: name, reason: "\(label) \(error)")
        }
        guard let content else { return nil }
        do throws(ProfileFile.SyntaxError) {
            return try ProfileFile(String(decoding: content, as: UTF8.self), kind: kind).profiles[profile]
        } catch {
            throw .unusable(
                source: name,
                reason: "\(label) has no section, property or comment in line \(error.line)"
            )
        }
    }

    /// Puts the home folder in the place of `~/`; nil when there is none.
    private func path(_ path: String) -> String? {
        guard path.hasPrefix("~/") else { return path }
        return variable("HOME").map { "\($0)/\(path.dropFirst(2))" }
    }

    private func variable(_ name: String) -> String? {
        guard let value = environment[name], !value.isEmpty else { return nil }
        return value
    }
}
