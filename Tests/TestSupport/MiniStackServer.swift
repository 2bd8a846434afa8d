package import AWSClient
import Foundation
import HTTPClient
package import HTTPMessages

/// SQS, S3 and IAM on this machine, played by MiniStack: over TLS, with signatures and policies checked.
///
/// One server per test process, shared by all tests; each makes queues, buckets and users of its own.
/// It dies with the test process, however that ends.
package struct MiniStackServer: Sendable {
    /// Scheme, host and port.
    package let endpoint: String
    /// The certificate that the server shows, as a PEM file.
    package let caFile: String
    /// A client that trusts it.
    package let transport: any HTTPTransport
    package let endpoints: AWSEndpoints
    /// May do everything with SQS and S3.
    ///
    /// Signatures with it are checked.
    package let user: AWSCredentials

    package static let region = "eu-central-1"

    /// The server of this process, started by the first who asks.
    package static func shared() async throws -> MiniStackServer { try await starter.server() }

    private static let starter = Starter()

    /// Runs as long as anybody has the server.
    private let process: MiniStackProcess

    private init(_ process: MiniStackProcess) async throws {
        self.process = process
        endpoint = process.endpoint
        caFile = process.caFile
        var settings = HTTPClientSettings()
        settings.caFile = process.caFile
        transport = try HTTPClient(settings: settings)
        endpoints = try AWSEndpoints(
            region: Self.region,
            environment: ["AWS_ENDPOINT_URL": process.endpoint]
        )
        user = try await MiniStackAdministration(endpoint: process.endpoint, transport: transport)
            .makeUser(allowing: ["sqs:*", "s3:*"])
    }

    /// Starts the server once, and tells everyone who asks how that went.
    private actor Starter {
        private var start: Task<MiniStackServer, any Error>?

        func server() async throws -> MiniStackServer {
            let start =
                start
                ?? Task {
                    let process = try await MiniStackProcess.start()
                    return try await MiniStackServer(process)
                }
            self.start = start
            return try await start.value
        }
    }
}

extension MiniStackServer {
    /// Calls a service, signed by the user or by these credentials.
    package func caller(for service: AWSService, credentials: AWSCredentials? = nil) -> AWSCaller {
        AWSCaller(
            service: service,
            region: Self.region,
            transport: transport,
            credentials: StaticAWSCredentials(credentials ?? user)
        )
    }

    /// SQS as the user, or as whoever has these credentials.
    package func sqs(credentials: AWSCredentials? = nil) -> SQSClient {
        SQSClient(caller: caller(for: .sqs, credentials: credentials), endpoints: endpoints)
    }

    /// A bucket as the user sees it, or whoever has these credentials.
    package func bucket(_ name: String, credentials: AWSCredentials? = nil) -> S3Bucket {
        S3Bucket(name: name, endpoints: endpoints, caller: caller(for: .s3, credentials: credentials))
    }

    /// A new user who may do only these actions.
    package func makeUser(allowing actions: [String]) async throws -> AWSCredentials {
        try await MiniStackAdministration(endpoint: endpoint, transport: transport)
            .makeUser(allowing: actions)
    }

    /// A new, empty queue.
    package func makeQueue() async throws -> SQSQueueURL {
        let body = "Action=CreateQueue&Version=2012-11-05&QueueName=\(Self.uniqueName())"
        let call = AWSCall(
            method: .post,
            url: endpoint + "/",
            fields: HTTPFields(["content-type": "application/x-www-form-urlencoded; charset=utf-8"]),
            body: Array(body.utf8)
        )
        let response = try await caller(for: .sqs).send(call) { AWSErrorDocument.read($0) }
        guard let url = try XMLDocument(response.body).root.child("CreateQueueResult")?.text(of: "QueueUrl")
        else {
            throw MiniStackUnavailable(description: "MiniStack made no queue")
        }
        return SQSQueueURL(rawValue: url)
    }

    /// A new, empty bucket.
    package func makeBucket() async throws -> S3Bucket {
        let name = Self.uniqueName()
        let location =
            "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + "<LocationConstraint>\(Self.region)</LocationConstraint></CreateBucketConfiguration>"
        let call = AWSCall(method: .put, url: endpoints.url(ofBucket: name), body: Array(location.utf8))
        _ = try await caller(for: .s3).send(call) { AWSErrorDocument.read($0) }
        return bucket(name)
    }

    static func uniqueName() -> String { "test-\(UUID().uuidString.lowercased())" }
}

/// Why there is no emulator to test against.
package struct MiniStackUnavailable: Error, CustomStringConvertible {
    package let description: String
}
