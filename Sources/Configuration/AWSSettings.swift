/// Where the AWS-shaped roles find their services.
package struct AWSSettings: Sendable {
    package var region: String
    package var queueURL: String
    package var bucket: String
    /// The base of image URLs.
    package var cloudFrontURL: String
    /// A Postgres connection URL, with its password.
    package var databaseURL: Secret
    package var databaseConnections: Int
    /// What credentials and endpoints are found in: every `AWS_` variable, and `HOME`.
    package var environment: [String: String]
    /// More certificate authorities to trust, in PEM; for emulators.
    package var caFile: String?

    init(_ reader: inout SettingsReader, role: Settings.Role) {
        let needsQueue = role == .serve || role == .work
        let needsBucket = role == .work
        region = reader.text("AWS_REGION") ?? reader.text("AWS_DEFAULT_REGION") ?? ""
        if needsQueue, region.isEmpty {
            reader.mistake("AWS_REGION", "is missing; expected a region such as us-east-1")
        }
        queueURL = reader.url("SQS_QUEUE_URL", schemes: ["https", "http"]) ?? ""
        if needsQueue, reader.text("SQS_QUEUE_URL") == nil {
            reader.mistake("SQS_QUEUE_URL", "is missing; expected the queue's URL")
        }
        bucket = reader.text("IMAGE_S3_BUCKET") ?? ""
        if needsBucket, bucket.isEmpty {
            reader.mistake("IMAGE_S3_BUCKET", "is missing; expected a bucket name")
        }
        if !bucket.isEmpty, !Self.isBucketName(bucket) {
            reader.mistake(
                "IMAGE_S3_BUCKET",
                "is '\(bucket)'; expected 3 to 63 lower-case letters, digits, . and -"
            )
        }
        cloudFrontURL = reader.url("CLOUDFRONT_URL", schemes: ["https", "http"]) ?? ""
        if needsBucket, reader.text("CLOUDFRONT_URL") == nil {
            reader.mistake("CLOUDFRONT_URL", "is missing; expected the base URL of the images")
        }
        databaseURL = reader.secret("DATABASE_URL") ?? Secret("")
        if databaseURL.revealed.isEmpty {
            reader.mistake("DATABASE_URL", "is missing; expected postgresql://user:password@host:5432/name")
        } else if !["postgres://", "postgresql://"].contains(where: databaseURL.revealed.hasPrefix) {
            // Not shown: it holds a password.
            reader.mistake(
                "DATABASE_URL",
                "is not a URL of the form postgresql://user:password@host:5432/name"
            )
        }
        databaseConnections = reader.integer("DATABASE_CONNECTIONS", in: 1...100, default: 8)
        caFile = reader.text("AWS_CA_BUNDLE")
        environment = reader.environment { $0.hasPrefix("AWS_") || $0 == "HOME" }
    }

    private static func isBucketName(_ name: String) -> Bool {
        (3...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
