import AWSClient
import Foundation
import HTTPMessages

/// Makes users in MiniStack, as the account's root: MiniStack takes any signature of root's.
struct MiniStackAdministration {
    private static let account = "000000000000"

    let endpoint: String
    let transport: any HTTPTransport

    /// A user with a key that may do these actions and no others.
    func makeUser(allowing actions: [String]) async throws -> AWSCredentials {
        let user = MiniStackServer.uniqueName()
        let policy: [String: Any] = [
            "Version": "2012-10-17",
            "Statement": [["Effect": "Allow", "Action": actions, "Resource": "*"]],
        ]
        let document = try JSONSerialization.data(withJSONObject: policy)
        _ = try await call("CreateUser", ["UserName": user])
        _ = try await call(
            "PutUserPolicy",
            [
                "UserName": user, "PolicyName": "tests",
                "PolicyDocument": String(decoding: document, as: UTF8.self),
            ]
        )
        let key = try await call("CreateAccessKey", ["UserName": user]).root
            .child("CreateAccessKeyResult")?
            .child("AccessKey")
        guard let id = key?.text(of: "AccessKeyId"), let secret = key?.text(of: "SecretAccessKey") else {
            throw MiniStackUnavailable(description: "MiniStack made no access key")
        }
        return AWSCredentials(accessKeyID: id, secretAccessKey: AWSSecret(secret))
    }

    private func call(_ action: String, _ parameters: [String: String]) async throws -> XMLDocument {
        var form = "Action=\(action)&Version=2010-05-08"
        for (name, value) in parameters { form += "&\(name)=\(PercentEncoding.encode(value))" }
        let date = Date()
            .formatted(
                .verbatim(
                    "\(year: .defaultDigits)\(month: .twoDigits)\(day: .twoDigits)",
                    locale: Locale(identifier: "en_US_POSIX"),
                    timeZone: .gmt,
                    calendar: Calendar(identifier: .gregorian)
                )
            )
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(Self.account)/\(date)/us-east-1/iam/aws4_request, "
            + "SignedHeaders=host;x-amz-date, Signature=" + String(repeating: "0", count: 64)
        let request = HTTPRequest(
            method: .post,
            url: endpoint + "/",
            fields: HTTPFields([
                "authorization": authorization, "x-amz-date": date + "T000000Z",
                "content-type": "application/x-www-form-urlencoded; charset=utf-8",
            ]),
            body: Array(form.utf8)
        )
        let response = try await transport.send(request, limits: HTTPTransferLimits())
        guard response.status == 200 else {
            let error = AWSErrorDocument.read(response)
            throw MiniStackUnavailable(
                description: "\(action): \(error.map { "\($0), \($0.message)" } ?? "HTTP \(response.status)")"
            )
        }
        return try XMLDocument(response.body)
    }
}
