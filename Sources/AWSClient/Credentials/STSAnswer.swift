import FoundationEssentials

/// What STS answers to `AssumeRoleWithWebIdentity` in JSON.
struct STSAnswer: Decodable {
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
