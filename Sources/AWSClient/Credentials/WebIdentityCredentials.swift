import FoundationEssentials
package import HTTPMessages

/// Credentials of a role, in exchange for a token that another identity provider wrote into a file.
///
/// `AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_ROLE_ARN`, as EKS sets them. STS answers its query protocol in JSON when asked
/// to by `Accept`, so that no XML is read here.
package struct WebIdentityCredentials: AWSCredentialProvider {
    package let name = "web identity"
    private let environment: [String: String]
    private let files: AWSFileReader
    private let endpoint: String
    private let request: CredentialRequest

    /// The endpoint is that of STS, without a slash at the end.
    package init(
        environment: [String: String],
        files: AWSFileReader,
        transport: any HTTPTransport,
        endpoint: String,
        clock: AWSClock
    ) {
        self.environment = environment
        self.files = files
        self.endpoint = endpoint
        request = CredentialRequest(
            source: name,
            transport: transport,
            clock: clock,
            attempts: 3,
            pause: .seconds(1),
            limits: HTTPTransferLimits(connect: .seconds(3), total: .seconds(10), responseBytes: 65_536)
        )
    }

    package func load() async throws(AWSCredentialsError) -> AWSCredentials? {
        let path = variable("AWS_WEB_IDENTITY_TOKEN_FILE")
        let role = variable("AWS_ROLE_ARN")
        // AWS_ROLE_ARN alone is used by other tools too; a token file alone is half a configuration.
        guard let path else { return nil }
        guard let role else {
            throw .unusable(
                source: name,
                reason: "AWS_WEB_IDENTITY_TOKEN_FILE is set but AWS_ROLE_ARN is not"
            )
        }
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", "2011-06-15"),
            ("RoleArn", role),
            ("RoleSessionName", variable("AWS_ROLE_SESSION_NAME") ?? "image-api"),
            ("WebIdentityToken", try token(at: path)),
        ]
        let body = form.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        let fields: HTTPFields = HTTPFields([
            "content-type": "application/x-www-form-urlencoded; charset=utf-8",
            "accept": "application/json",
        ])
        let post = HTTPRequest(method: .post, url: "\(endpoint)/", fields: fields, body: Array(body.utf8))
        return try await request.send(post, read: Self.read)
    }

    private static func read(_ response: HTTPResponse) -> CredentialRequest.Reading {
        guard response.status != 200 else {
            guard let credentials = STSAnswer.credentials(in: response.body) else {
                return .again(reason: "STS answered without credentials")
            }
            return .credentials(credentials)
        }
        let code = STSAnswer.errorCode(in: response.body) ?? "no code"
        let error = AWSServiceError(status: response.status, code: code, message: "")
        switch FailureKind(.service(error), isHead: false) {
        case .transient, .throttled: return .again(reason: "STS answered \(error)")
        case .permanent, .credentialsRefused, .signatureRefused:
            return .refused(reason: "STS answered \(error)")
        }
    }

    private func token(at path: String) throws(AWSCredentialsError) -> String {
        let content: [UInt8]?
        do throws(AWSFileReader.Failure) {
            content = try files.read(path)
        } catch {
            throw .failed(source: name, reason: "the token file \(error)")
        }
        guard let content, !content.isEmpty else {
            throw .failed(source: name, reason: "the token file does not exist or is empty")
        }
        return String(decoding: content, as: UTF8.self)
    }

    private func variable(_ name: String) -> String? {
        guard let value = environment[name], !value.isEmpty else { return nil }
        return value
    }
}

/// What STS answers in JSON.
private struct STSAnswer: Decodable {
    let response: Response

    struct Response: Decodable {
        let result: Result

        enum CodingKeys: String, CodingKey {
            case result = "AssumeRoleWithWebIdentityResult"
        }
    }

    struct Result: Decodable {
        let credentials: Keys

        enum CodingKeys: String, CodingKey {
            case credentials = "Credentials"
        }
    }

    struct Keys: Decodable {
        let accessKeyID: String
        let secretAccessKey: String
        let sessionToken: String
        let expiration: Expiration

        enum CodingKeys: String, CodingKey {
            case accessKeyID = "AccessKeyId"
            case secretAccessKey = "SecretAccessKey"
            case sessionToken = "SessionToken"
            case expiration = "Expiration"
        }
    }

    /// Seconds since 1970, or the text that the XML form has.
    struct Expiration: Decodable {
        let time: AWSTime?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do {
                let seconds = try container.decode(Double.self)
                time = Int(exactly: seconds.rounded(.down)).map(AWSTime.init(seconds:))
            } catch DecodingError.typeMismatch {
                time = AWSTime(iso8601: try container.decode(String.self))
            }
        }
    }

    enum CodingKeys: String, CodingKey {
        case response = "AssumeRoleWithWebIdentityResponse"
    }

    static func credentials(in body: [UInt8]) -> AWSCredentials? {
        let keys: Keys
        do {
            keys = try JSONDecoder().decode(STSAnswer.self, from: Data(body)).response.result.credentials
        } catch {
            // The decoder's error quotes the body, which may hold a secret.
            return nil
        }
        guard let expiration = keys.expiration.time, !keys.secretAccessKey.isEmpty else { return nil }
        let credentials = AWSCredentials(
            accessKeyID: keys.accessKeyID,
            secretAccessKey: AWSSecret(keys.secretAccessKey),
            sessionToken: AWSSecret(keys.sessionToken),
            expiration: expiration
        )
        return credentials.canBeSent ? credentials : nil
    }

    private struct Failure: Decodable {
        let error: Fault

        struct Fault: Decodable {
            let code: String

            enum CodingKeys: String, CodingKey {
                case code = "Code"
            }
        }

        enum CodingKeys: String, CodingKey {
            case error = "Error"
        }
    }

    /// The code of an error; nil when there is none, or one that no log should hold.
    static func errorCode(in body: [UInt8]) -> String? {
        do {
            let code = try JSONDecoder().decode(Failure.self, from: Data(body)).error.code
            let isCode =
                code.utf8.count <= 80 && code.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            return isCode ? code : nil
        } catch {
            // Not STS's form of an error, such as a proxy's page: the status says what there is to say.
            return nil
        }
    }
}
