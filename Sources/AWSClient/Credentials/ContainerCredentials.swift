package import HTTPMessages

/// Credentials of an ECS task or an EKS pod, from the endpoint that its environment names.
///
/// `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` first, else `AWS_CONTAINER_CREDENTIALS_FULL_URI`, the latter with the
/// token in `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` (read at every refresh) or `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
package struct ContainerCredentials: AWSCredentialProvider {
    package let name = "container endpoint"
    private let environment: [String: String]
    private let files: AWSFileReader
    private let request: CredentialRequest

    package init(
        environment: [String: String],
        files: AWSFileReader,
        transport: any HTTPTransport,
        clock: AWSClock
    ) {
        self.environment = environment
        self.files = files
        request = CredentialRequest(
            source: name,
            transport: transport,
            clock: clock,
            attempts: 3,
            pause: .seconds(1),
            limits: HTTPTransferLimits(connect: .seconds(2), total: .seconds(2), responseBytes: 65_536)
        )
    }

    package func load() async throws(AWSCredentialsError) -> AWSCredentials? {
        guard let url = try endpoint() else { return nil }
        var fields = HTTPFields(["accept": "application/json"])
        if let token = try token() { fields.append("authorization", token.revealed) }
        return try await request.send(HTTPRequest(method: .get, url: url, fields: fields)) { response in
            guard response.status == 200 else { return .again(reason: "answered HTTP \(response.status)") }
            guard let credentials = CredentialsDocument.credentials(in: response.body) else {
                return .again(reason: "answered without credentials")
            }
            return .credentials(credentials)
        }
    }

    private func endpoint() throws(AWSCredentialsError) -> String? {
        if let path = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            // Without the slash the path could go on with the host: `169.254.170.2@elsewhere`.
            guard path.hasPrefix("/"), path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw .unusable(source: name, reason: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not a path")
            }
            return "http://169.254.170.2\(path)"
        }
        guard let url = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") else { return nil }
        do throws(AWSError) {
            let target = try SigningTarget(url)
            let host = String(decoding: target.host, as: UTF8.self)
            guard url.hasPrefix("https://") || CredentialHosts.mayBeAskedInClear(host) else {
                throw .invalidArgument(
                    reason: "plain http goes to loopback and to ECS's and EKS's addresses only"
                )
            }
        } catch {
            throw .unusable(source: name, reason: "AWS_CONTAINER_CREDENTIALS_FULL_URI: \(error)")
        }
        return url
    }

    private func token() throws(AWSCredentialsError) -> AWSSecret? {
        guard let path = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
            return try variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(checked)
        }
        let content: [UInt8]?
        do throws(AWSFileReader.Failure) {
            content = try files.read(path)
        } catch {
            throw .failed(source: name, reason: "the token file \(error)")
        }
        guard let content else { throw .failed(source: name, reason: "the token file does not exist") }
        return try checked(String(decoding: content, as: UTF8.self))
    }

    private func checked(_ token: String) throws(AWSCredentialsError) -> AWSSecret {
        guard token.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .unusable(source: name, reason: "the token holds a line end or another control character")
        }
        return AWSSecret(token)
    }

    private func variable(_ name: String) -> String? {
        guard let value = environment[name], !value.isEmpty else { return nil }
        return value
    }
}
