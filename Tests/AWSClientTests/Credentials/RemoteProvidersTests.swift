import HTTPMessages
import TestSupport
import Testing

@testable import AWSClient

struct WebIdentityCredentialsTests {
    private let clock = ManualAWSClock()
    private static let environment = [
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/x",
    ]

    @Test func `a token is exchanged for credentials, unsigned, and asked for in JSON`() async throws {
        let transport = FakeTransport([.status(200, body: Self.answer(expiration: "1.79518141E9"))])
        let credentials = try await provider(Self.environment, transport).load()
        #expect(credentials?.accessKeyID == "AKID")
        #expect(credentials?.sessionToken?.revealed == "t")
        #expect(credentials?.expiration == AWSTime(seconds: 1_795_181_410))
        let request = transport.requests[0]
        #expect(request.method == .post)
        #expect(request.url == "https://sts.eu-central-1.amazonaws.com/")
        #expect(request.fields["accept"] == "application/json")
        #expect(request.fields["authorization"] == nil)
        let form =
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx"
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "\(form)&RoleSessionName=image-api&WebIdentityToken=e.y%2BJ%3D"
        )
    }

    @Test func `the end may be a text, as in XML`() async throws {
        let transport = FakeTransport([
            .status(200, body: Self.answer(expiration: #""2026-11-20T13:30:10Z""#))
        ])
        let credentials = try await provider(Self.environment, transport).load()
        #expect(credentials?.expiration == AWSTime(seconds: 1_795_181_410))
    }

    @Test func `without a token file nothing is asked`() async throws {
        #expect(try await provider(["AWS_ROLE_ARN": "arn"], FakeTransport()).load() == nil)
    }

    @Test func `a token file without a role is an error`() async {
        await #expect(throws: AWSCredentialsError.self) {
            try await provider(["AWS_WEB_IDENTITY_TOKEN_FILE": "/token"], FakeTransport()).load()
        }
    }

    @Test(arguments: ["/none", "/x.broken", "/empty"])
    func `a token file that gives nothing is an error`(path: String) async {
        let environment = Self.environment.merging(["AWS_WEB_IDENTITY_TOKEN_FILE": path]) { $1 }
        await #expect(throws: AWSCredentialsError.self) {
            try await provider(environment, FakeTransport()).load()
        }
    }

    @Test func `a refusal is final and named by its code`() async {
        let body = #"{"Error":{"Code":"InvalidIdentityToken","Message":"hush"},"RequestId":"1"}"#
        let transport = FakeTransport(fallback: .status(400, body: body))
        let reason = "STS answered InvalidIdentityToken (HTTP 400)"
        await #expect(throws: AWSCredentialsError.failed(source: "web identity", reason: reason)) {
            try await provider(Self.environment, transport).load()
        }
        #expect(transport.requests.count == 1)
    }

    @Test func `moments of weakness are tried again`() async throws {
        let transport = FakeTransport([
            .status(400, body: #"{"Error":{"Code":"IDPCommunicationError","Message":""}}"#),
            .status(503, body: "<html>"), .status(200, body: Self.answer(expiration: "1795181410")),
        ])
        #expect(try await provider(Self.environment, transport).load() != nil)
        #expect(clock.sleeps.count == 2)
    }

    @Test func `an answer without credentials does not reach a message`() async {
        let transport = FakeTransport(fallback: .status(200, body: #"{"hush":1}"#))
        let error = await #expect(throws: AWSCredentialsError.self) {
            try await provider(Self.environment, transport).load()
        }
        #expect(error?.description.contains("hush") == false)
    }

    private static func answer(expiration: String) -> String {
        """
        {"AssumeRoleWithWebIdentityResponse":{"AssumeRoleWithWebIdentityResult":{"Audience":"a","Credentials":{
        "AccessKeyId":"AKID","SecretAccessKey":"hush","SessionToken":"t","Expiration":\(expiration)}},
        "ResponseMetadata":{"RequestId":"1"}}}
        """
    }

    private func provider(
        _ environment: [String: String],
        _ transport: FakeTransport
    ) -> WebIdentityCredentials {
        WebIdentityCredentials(
            environment: environment,
            files: FakeFiles(["/token": "e.y+J=", "/empty": ""]).reader,
            transport: transport,
            endpoint: "https://sts.eu-central-1.amazonaws.com",
            clock: clock.clock()
        )
    }
}

struct InstanceCredentialsTests {
    private let clock = ManualAWSClock(random: 0.5)

    @Test(arguments: ["true", "TRUE"])
    func `it is off when disabled`(value: String) async throws {
        let transport = FakeTransport()
        #expect(try await provider(transport, ["AWS_EC2_METADATA_DISABLED": value]).load() == nil)
        #expect(transport.requests.isEmpty)
    }

    @Test func `a session token is had first and sent with what follows`() async throws {
        let transport = FakeTransport([
            .status(200, body: "session"), .status(200, body: "my-role\n"), document(),
        ])
        let credentials = try await provider(transport).load()
        #expect(credentials?.accessKeyID == "AKID")
        #expect(transport.requests.map(\.method) == [.put, .get, .get])
        #expect(transport.requests[0].fields["x-aws-ec2-metadata-token-ttl-seconds"] == "21600")
        #expect(transport.requests[2].fields["x-aws-ec2-metadata-token"] == "session")
        let roles = "http://169.254.169.254/latest/meta-data/iam/security-credentials/"
        #expect(
            transport.requests.map(\.url) == [
                "http://169.254.169.254/latest/api/token", roles, roles + "my-role",
            ]
        )
        #expect(transport.limits.allSatisfy { $0.total == .seconds(1) })
    }

    @Test func `credentials that are over are used on for a while`() async throws {
        clock.now = AWSTime(seconds: 1_795_181_410 + 60)
        let transport = FakeTransport([
            .status(200, body: "session"), .status(200, body: "my-role"), document(),
        ])
        let credentials = try await provider(transport).load()
        #expect(credentials?.expiration == clock.now + 900 + 120 + 240)
    }

    @Test func `an instance without a role has no credentials`() async throws {
        let transport = FakeTransport([.status(200, body: "session"), .status(404)])
        #expect(try await provider(transport).load() == nil)
    }

    @Test func `the endpoint may be elsewhere`() async throws {
        let environments = [
            ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://localhost:1/"],
            ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"],
        ]
        for (environment, host) in zip(environments, ["http://localhost:1", "http://[fd00:ec2::254]"]) {
            let transport = FakeTransport([.status(200, body: "session"), .status(404)])
            _ = try await provider(transport, environment).load()
            #expect(transport.requests[0].url == "\(host)/latest/api/token")
        }
    }

    @Test func `no service is an error after one attempt, which says how to turn it off`() async {
        let transport = FakeTransport(fallback: .failure(.timedOut))
        let error = await #expect(throws: AWSCredentialsError.self) { try await provider(transport).load() }
        #expect(transport.requests.count == 1)
        #expect(error?.description.contains("AWS_EC2_METADATA_DISABLED") == true)
    }

    @Test(arguments: [[403], [200, 500], [200, 200, 500], [200, 200, 200]])
    func `a bad answer at any step is an error`(statuses: [Int]) async {
        let transport = FakeTransport(statuses.map { .status($0, body: "word") })
        await #expect(throws: AWSCredentialsError.self) { try await provider(transport).load() }
    }

    @Test func `a session token that could end a header is refused`() async {
        let transport = FakeTransport([.status(200, body: "a\r\nX: y")])
        await #expect(throws: AWSCredentialsError.self) { try await provider(transport).load() }
        #expect(transport.requests.count == 1)
    }

    private func document() -> FakeTransport.Answer {
        .status(
            200,
            body: """
                {"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"AKID","SecretAccessKey":"hush","Token":"t",
                "Expiration":"2026-11-20T13:30:10Z","LastUpdated":"2026-11-20T07:30:10Z"}
                """
        )
    }

    private func provider(
        _ transport: FakeTransport,
        _ environment: [String: String] = [:]
    ) -> InstanceCredentials {
        InstanceCredentials(environment: environment, transport: transport, clock: clock.clock())
    }
}

struct AWSCredentialChainTests {
    @Test func `the first configured source decides`() async throws {
        let transport = FakeTransport()
        let environment = [
            "AWS_ACCESS_KEY_ID": "FROM-ENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2",
        ]
        #expect(try await chain(environment, transport).load()?.accessKeyID == "FROM-ENVIRONMENT")
        #expect(transport.requests.isEmpty)
    }

    @Test func `a source that is configured and fails is not passed over`() async {
        let transport = FakeTransport(fallback: .status(500))
        let environment = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2"]
        await #expect(throws: AWSCredentialsError.self) { try await chain(environment, transport).load() }
        #expect(transport.requests.allSatisfy { $0.url == "http://169.254.170.2/v2" })
    }

    @Test func `without any source the error names all that were tried`() async {
        let tried = [
            "environment", "web identity", "profile files", "container endpoint", "instance metadata",
        ]
        await #expect(throws: AWSCredentialsError.notConfigured(tried: tried)) {
            try await chain(["AWS_EC2_METADATA_DISABLED": "true"], FakeTransport()).load()
        }
    }

    private func chain(
        _ environment: [String: String],
        _ transport: FakeTransport
    ) throws -> AWSCredentialChain {
        .standard(
            environment: environment,
            files: FakeFiles().reader,
            transport: transport,
            endpoints: try AWSEndpoints(region: "eu-central-1"),
            clock: ManualAWSClock().clock()
        )
    }
}
