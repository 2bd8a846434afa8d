import FoundationEssentials

/// The JSON object that container endpoints and instance metadata answer with.
struct CredentialsDocument: Decodable {
    private let code: String?
    private let accessKeyID: String
    private let secretAccessKey: String
    private let token: String?
    private let expiration: String?

    private enum CodingKeys: String, CodingKey {
        case code = "Code"
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case token = "Token"
        case expiration = "Expiration"
    }

    /// The credentials in a body; nil when it is not such an object, whole and without an error code.
    static func credentials(in body: [UInt8]) -> AWSCredentials? {
        let document: CredentialsDocument
        do {
            document = try JSONDecoder().decode(CredentialsDocument.self, from: Data(body))
        } catch {
            // The decoder's error quotes the body, which may hold a secret.
            return nil
        }
        guard document.code == nil || document.code == "Success", !document.secretAccessKey.isEmpty else {
            return nil
        }
        var expiration: AWSTime?
        if let text = document.expiration {
            guard let time = AWSTime(iso8601: text) else { return nil }
            expiration = time
        }
        let credentials = AWSCredentials(
            accessKeyID: document.accessKeyID,
            secretAccessKey: AWSSecret(document.secretAccessKey),
            sessionToken: document.token.flatMap { $0.isEmpty ? nil : AWSSecret($0) },
            expiration: expiration
        )
        return credentials.canBeSent ? credentials : nil
    }
}
