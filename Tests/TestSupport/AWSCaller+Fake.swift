package import AWSClient

extension AWSCaller {
    /// Calls that this transport answers, retried without waiting.
    package static func fake(_ service: AWSService, over transport: FakeTransport) -> AWSCaller {
        let clock = AWSClock(now: { AWSTime(seconds: 1_790_000_000) }, sleep: { _ in }, random: { 0 })
        let credentials = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: AWSSecret("secret"))
        return AWSCaller(
            service: service,
            region: "eu-central-1",
            transport: transport,
            credentials: StaticAWSCredentials(credentials),
            clock: clock
        )
    }
}
