package import HTTPMessages

/// Credentials of an EC2 instance's role, from instance metadata by version 2 of its protocol.
///
/// Off when `AWS_EC2_METADATA_DISABLED` is `true`, as it should be on Fargate, which has no such service.
package struct InstanceCredentials: AWSCredentialProvider {
    package let name = "instance metadata"
    private let environment: [String: String]
    private let transport: any HTTPTransport
    private let clock: AWSClock

    /// The service is one hop away: what takes longer is not there.
    private static let limits = HTTPTransferLimits(
        connect: .seconds(1),
        total: .seconds(1),
        responseBytes: 65_536
    )
    private static let tokenLifetime = "21600"

    package init(environment: [String: String], transport: any HTTPTransport, clock: AWSClock) {
        self.environment = environment
        self.transport = transport
        self.clock = clock
    }

    package func load() async throws(AWSCredentialsError) -> AWSCredentials? {
        guard environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else { return nil }
        let token = try text(
            of: try await send(
                .put,
                "/latest/api/token",
                HTTPFields(["x-aws-ec2-metadata-token-ttl-seconds": Self.tokenLifetime])
            )
        )
        let fields = HTTPFields(["x-aws-ec2-metadata-token": token])
        let roles = "/latest/meta-data/iam/security-credentials/"
        let list = try await send(.get, roles, fields)
        // The instance has no role.
        if list.status == 404 { return nil }
        let role = try text(of: list)
        let answer = try await send(.get, roles + PercentEncoding.encode(role), fields)
        guard answer.status == 200, let credentials = CredentialsDocument.credentials(in: answer.body) else {
            throw .failed(source: name, reason: "answered HTTP \(answer.status) without credentials")
        }
        return stable(credentials)
    }

    /// Credentials that are over, with a later end.
    ///
    /// Instance metadata goes on handing out the last ones when it cannot get new ones, and services may still take
    /// them; the random part spreads the instances' next attempts.
    private func stable(_ credentials: AWSCredentials) -> AWSCredentials {
        let now = clock.now()
        guard let expiration = credentials.expiration, expiration <= now else { return credentials }
        let added = 900 + 120 + Int(clock.random() * 480)
        return AWSCredentials(
            accessKeyID: credentials.accessKeyID,
            secretAccessKey: credentials.secretAccessKey,
            sessionToken: credentials.sessionToken,
            expiration: now + added
        )
    }

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        _ fields: HTTPFields
    ) async throws(AWSCredentialsError) -> HTTPResponse {
        let request = HTTPRequest(method: method, url: endpoint + path, fields: fields)
        do throws(HTTPTransportError) {
            return try await transport.send(request, limits: Self.limits)
        } catch {
            if error == .cancelled { throw .cancelled }
            throw .failed(
                source: name,
                reason:
                    "\(error); no other source is configured, and AWS_EC2_METADATA_DISABLED=true turns this one off"
            )
        }
    }

    /// A short answer of visible characters, which goes on into a header or a path.
    private func text(of response: HTTPResponse) throws(AWSCredentialsError) -> String {
        var body = response.body[...]
        while body.last == UInt8(ascii: "\n") { body = body.dropLast() }
        guard response.status == 200, !body.isEmpty, body.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .failed(source: name, reason: "answered HTTP \(response.status), or not with one word")
        }
        return String(decoding: body, as: UTF8.self)
    }

    private var endpoint: String {
        if var url = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"], !url.isEmpty {
            while url.last == "/" { url.removeLast() }
            return url
        }
        let isIPv6 = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        return isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
    }
}
