import HTTPMessages
import TestSupport
import Testing

@testable import AWSClient

struct ContainerCredentialsTests {
    private let clock = ManualAWSClock()
    private static let document = """
        {"AccessKeyId":"AKID","SecretAccessKey":"hush","Token":"t","Expiration":"2026-11-20T13:30:10Z","RoleArn":"r"}
        """

    @Test func `nothing is asked when nothing is configured`() async throws {
        let transport = FakeTransport()
        #expect(try await provider([:], transport).load() == nil)
        #expect(transport.requests.isEmpty)
    }

    @Test func `the relative URI goes to ECS's address and wins`() async throws {
        let transport = FakeTransport([.status(200, body: Self.document)])
        let environment = [
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1?x=y",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://elsewhere.example/",
        ]
        let credentials = try await provider(environment, transport).load()
        #expect(credentials?.accessKeyID == "AKID")
        #expect(credentials?.sessionToken?.revealed == "t")
        #expect(credentials?.expiration == AWSTime(seconds: 1_795_181_410))
        #expect(transport.requests.map(\.url) == ["http://169.254.170.2/v2/credentials/1?x=y"])
        #expect(transport.limits[0].total == .seconds(2))
        #expect(transport.requests[0].fields["authorization"] == nil)
    }

    @Test(arguments: [
        "http://127.0.0.1/", "http://127.255.3.4:8080/x", "http://localhost:1/", "http://LOCALHOST/",
        "http://[::1]:80/",
        "http://169.254.170.2/", "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1",
        "https://anything.example/",
    ])
    func `full URIs are followed to this machine, to AWS's addresses and over TLS`(url: String) async throws {
        let transport = FakeTransport([.status(200, body: Self.document)])
        let environment = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]
        #expect(try await provider(environment, transport).load() != nil)
        #expect(transport.requests.map(\.url) == [url])
    }

    @Test(arguments: [
        "http://169.254.0.1/", "http://169.1.2.3/", "http://somewhere.com/", "http://127.0.0.1.evil.com/",
        "http://127.1/", "http://0x7f.0.0.1/", "http://127.0.0.1@evil.com/", "http://localhost.evil.com/",
        "http://[::ffff:127.0.0.1]/", "http://[::1/", "http://[::1]evil/", "http://169.254.170.2:x/",
        "ftp://localhost/",
        "http://127.0.0.01/", "http://2130706433/", "localhost", "http://",
    ])
    func `full URIs to anywhere else are refused without asking`(url: String) async {
        let transport = FakeTransport(fallback: .status(200, body: Self.document))
        await #expect(throws: AWSCredentialsError.self) {
            try await provider(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url], transport).load()
        }
        #expect(transport.requests.isEmpty)
    }

    @Test(arguments: ["v2", "@evil.com/", "/a b", "/a\r\nX: y"])
    func `a relative URI that is no path is refused`(path: String) async {
        await #expect(throws: AWSCredentialsError.self) {
            try await provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path], FakeTransport()).load()
        }
    }

    @Test func `the token file wins over the token and is read at every refresh`() async throws {
        let files = FakeFiles(["/token": "first"])
        let transport = FakeTransport(fallback: .status(200, body: Self.document))
        let environment = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "other",
        ]
        let provider = provider(environment, transport, files)
        _ = try await provider.load()
        files.write("second", to: "/token")
        _ = try await provider.load()
        #expect(transport.requests.map { $0.fields["authorization"] } == ["first", "second"])
    }

    @Test func `a token from the environment is sent as it is`() async throws {
        let transport = FakeTransport([.status(200, body: Self.document)])
        let environment = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic x",
        ]
        _ = try await provider(environment, transport).load()
        #expect(transport.requests[0].fields["authorization"] == "Basic x")
    }

    @Test(arguments: ["hush\n", "hush\r\nX: y"])
    func `a token with a line end is refused and not printed`(token: String) async {
        let environments = [
            ["AWS_CONTAINER_AUTHORIZATION_TOKEN": token],
            ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token"],
        ]
        for environment in environments {
            let full = environment.merging(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/"]) { $1 }
            let error = await #expect(throws: AWSCredentialsError.self) {
                try await provider(full, FakeTransport(), FakeFiles(["/token": token])).load()
            }
            #expect(error?.description.contains("hush") == false)
        }
    }

    @Test(arguments: ["/none", "/x.broken"])
    func `a token file that cannot be read is an error`(path: String) async {
        let environment = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path,
        ]
        await #expect(throws: AWSCredentialsError.self) {
            try await provider(environment, FakeTransport()).load()
        }
    }

    @Test func `bad answers are asked for three times, a second apart`() async throws {
        let transport = FakeTransport([
            .status(500), .failure(.timedOut), .status(200, body: Self.document),
        ])
        #expect(try await provider(Self.relative, transport).load() != nil)
        #expect(clock.sleeps == [.seconds(1), .seconds(1)])
    }

    @Test(arguments: [
        "<html>hush</html>", "{}", #"{"AccessKeyId":"A","SecretAccessKey":""}"#,
        #"{"AccessKeyId":"A","SecretAccessKey":"hush","Expiration":"soon"}"#,
        #"{"AccessKeyId":"A","SecretAccessKey":"hush","Token":"a\nb"}"#,
        #"{"Code":"Failed","AccessKeyId":"A","SecretAccessKey":"hush"}"#, "",
    ])
    func `an answer without credentials is an error that does not quote it`(body: String) async {
        let transport = FakeTransport(fallback: .status(200, body: body))
        let error = await #expect(throws: AWSCredentialsError.self) {
            try await provider(Self.relative, transport).load()
        }
        #expect(transport.requests.count == 3)
        #expect(error?.description.contains("hush") == false)
    }

    @Test func `cancelling ends the attempts`() async {
        let transport = FakeTransport([.failure(.cancelled)])
        await #expect(throws: AWSCredentialsError.cancelled) {
            try await provider(Self.relative, transport).load()
        }
        #expect(transport.requests.count == 1)
    }

    private static let relative = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2"]

    private func provider(
        _ environment: [String: String],
        _ transport: FakeTransport,
        _ files: FakeFiles = FakeFiles()
    ) -> ContainerCredentials {
        ContainerCredentials(
            environment: environment,
            files: files.reader,
            transport: transport,
            clock: clock.clock()
        )
    }
}
