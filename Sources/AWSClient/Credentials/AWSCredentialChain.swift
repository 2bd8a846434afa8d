package import HTTPMessages

/// Asks its providers in order; the first that is configured decides.
package struct AWSCredentialChain: AWSCredentialProvider {
    package let name = "credential chain"
    private let providers: [any AWSCredentialProvider]

    package init(_ providers: [any AWSCredentialProvider]) { self.providers = providers }

    /// The places AWS's own tools look at, in their order.
    ///
    /// Environment, web identity, profile files, container endpoint, instance metadata.
    package static func standard(
        environment: [String: String],
        files: AWSFileReader,
        transport: any HTTPTransport,
        endpoints: AWSEndpoints,
        clock: AWSClock = .system
    ) -> AWSCredentialChain {
        AWSCredentialChain([
            EnvironmentCredentials(environment: environment),
            WebIdentityCredentials(
                environment: environment,
                files: files,
                transport: transport,
                endpoint: endpoints.url(of: .sts),
                clock: clock
            ),
            ProfileCredentials(environment: environment, files: files),
            ContainerCredentials(environment: environment, files: files, transport: transport, clock: clock),
            InstanceCredentials(environment: environment, transport: transport, clock: clock),
        ])
    }

    package func load() async throws(AWSCredentialsError) -> AWSCredentials? {
        for provider in providers {
            if let credentials = try await provider.load() { return credentials }
        }
        throw .notConfigured(tried: providers.map(\.name))
    }
}
