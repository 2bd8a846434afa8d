import AWSAdapters
import AWSClient
import Configuration
import Cryptography
import HTTPClient
import ImageJobs
import Postgres
import PostgresJobStore
import Telemetry

/// The adapters of the AWS-shaped roles, over one HTTP client and one set of credentials.
struct AWSStack {
    let http: HTTPClient
    let credentials: CachedAWSCredentials
    let queue: SQSJobQueue
    let jobs: PostgresJobStore
    private let endpoints: AWSEndpoints
    private let settings: AWSSettings
    private let log: Log

    init(_ settings: AWSSettings, log: Log) throws {
        var client = HTTPClientSettings()
        client.caFile = settings.caFile
        http = try HTTPClient(client)
        endpoints = try AWSEndpoints(region: settings.region, environment: settings.environment)
        credentials = CachedAWSCredentials(
            provider: AWSCredentialChain.standard(
                environment: settings.environment,
                files: .local,
                transport: http,
                endpoints: endpoints
            ),
            log: log
        )
        jobs = try PostgresJobStore(settings.databaseURL.revealed, connections: settings.databaseConnections)
        let caller = AWSCaller(
            service: .sqs,
            region: settings.region,
            transport: http,
            credentials: credentials,
            log: log
        )
        queue = SQSJobQueue(
            client: SQSClient(caller: caller, endpoints: endpoints),
            queue: SQSQueueURL(rawValue: settings.queueURL)
        )
        self.settings = settings
        self.log = log
    }

    /// The image store; only workers have its settings.
    var images: S3ImageStore {
        let caller = AWSCaller(
            service: .s3,
            region: settings.region,
            transport: http,
            credentials: credentials,
            log: log
        )
        return S3ImageStore(
            bucket: S3Bucket(name: settings.bucket, endpoints: endpoints, caller: caller),
            publicURL: settings.cloudFrontURL
        )
    }

    /// Lets go of everything, when no service uses it any more.
    func close() async {
        credentials.shutDown()
        await jobs.close()
        await http.close()
    }
}
