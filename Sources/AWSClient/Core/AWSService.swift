/// A service this client speaks to, and what sets its requests apart.
package enum AWSService: String, Sendable, Hashable, CaseIterable {
    case sqs
    case s3
    case sts
    case bedrockRuntime

    /// The first label of the service's host names.
    var endpointPrefix: String {
        switch self {
        case .sqs: "sqs"
        case .s3: "s3"
        case .sts: "sts"
        case .bedrockRuntime: "bedrock-runtime"
        }
    }

    /// The name in a signature's scope.
    package var signingName: String {
        switch self {
        case .sqs: "sqs"
        case .s3: "s3"
        case .sts: "sts"
        case .bedrockRuntime: "bedrock"
        }
    }

    /// The end of the variable that overrides this service's endpoint: `AWS_ENDPOINT_URL_<suffix>`.
    var variableSuffix: String {
        switch self {
        case .sqs: "SQS"
        case .s3: "S3"
        case .sts: "STS"
        case .bedrockRuntime: "BEDROCK_RUNTIME"
        }
    }
}
