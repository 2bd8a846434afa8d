import Testing

@testable import AWSClient

struct AWSEndpointsTests {
    @Test(arguments: [
        ("eu-central-1", AWSService.sqs, "https://sqs.eu-central-1.amazonaws.com"),
        ("eu-central-1", .s3, "https://s3.eu-central-1.amazonaws.com"),
        ("us-gov-west-1", .sts, "https://sts.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", .sqs, "https://sqs.cn-north-1.amazonaws.com.cn"),
        ("us-east-1", .bedrockRuntime, "https://bedrock-runtime.us-east-1.amazonaws.com"),
    ])
    func `services have their host in each partition`(region: String, service: AWSService, url: String) throws
    {
        #expect(try AWSEndpoints(region: region).url(of: service) == url)
    }

    @Test func `regions belong to partitions`() throws {
        #expect(try AWSEndpoints(region: "eu-west-3").partition == "aws")
        #expect(try AWSEndpoints(region: "cn-northwest-1").partition == "aws-cn")
        #expect(try AWSEndpoints(region: "us-gov-east-1").partition == "aws-us-gov")
    }

    @Test func `a service's own override wins over the general one`() throws {
        let endpoints = try AWSEndpoints(
            region: "us-east-1",
            environment: [
                "AWS_ENDPOINT_URL": "http://localhost:4566/", "AWS_ENDPOINT_URL_S3": "https://s3.local",
            ]
        )
        #expect(endpoints.url(of: .sqs) == "http://localhost:4566")
        #expect(endpoints.url(of: .s3) == "https://s3.local")
        #expect(!endpoints.isAWS(.sqs))
    }

    @Test func `an override of one service leaves the others at AWS`() throws {
        let environment = ["AWS_ENDPOINT_URL_S3": "http://localhost:9000", "AWS_ENDPOINT_URL": ""]
        let endpoints = try AWSEndpoints(region: "us-east-1", environment: environment)
        #expect(endpoints.isAWS(.sqs))
        #expect(!endpoints.isAWS(.s3))
    }

    @Test func `buckets are hosts at AWS and paths elsewhere`() throws {
        let aws = try AWSEndpoints(region: "us-east-1")
        #expect(aws.url(ofBucket: "images") == "https://images.s3.us-east-1.amazonaws.com")
        #expect(
            aws.url(ofBucket: "images.example.com") == "https://s3.us-east-1.amazonaws.com/images.example.com"
        )
        #expect(aws.url(ofBucket: "Old_Bucket") == "https://s3.us-east-1.amazonaws.com/Old_Bucket")
        let local = try AWSEndpoints(
            region: "us-east-1",
            environment: ["AWS_ENDPOINT_URL": "http://[::1]:9000"]
        )
        #expect(local.url(ofBucket: "images") == "http://[::1]:9000/images")
    }

    @Test func `keys are encoded but for their slashes`() throws {
        let url = try AWSEndpoints(region: "us-east-1").url(ofObject: "images/a b+ä.png", in: "bucket")
        #expect(url == "https://bucket.s3.us-east-1.amazonaws.com/images/a%20b%2B%C3%A4.png")
    }

    @Test(arguments: [
        "", "eu", "eu_central_1", "evil.com/", "-a-b", "EU-CENTRAL-1", String(repeating: "a", count: 33),
    ])
    func `a region that could not be in a host name is refused`(region: String) {
        #expect(throws: AWSError.self) { try AWSEndpoints(region: region) }
    }

    @Test(arguments: [
        "localhost:4566", "ftp://localhost", "http://", "http://a@b", "http://a?b=c", "http://a b",
    ])
    func `an override that is no endpoint is refused by its name`(url: String) {
        let error = #expect(throws: AWSError.self) {
            try AWSEndpoints(region: "us-east-1", environment: ["AWS_ENDPOINT_URL_SQS": url])
        }
        #expect(error?.description.contains("AWS_ENDPOINT_URL_SQS") == true)
    }
}
