package import HTTPMessages
package import Telemetry

/// Signs, sends and retries calls to one service in one region.
///
/// Every attempt is signed anew with the time at which it is made. Cheap to copy; copies share the retry bucket,
/// the signing keys and what was learnt about clocks.
package struct AWSCaller: AWSCalling {
    private let signer: SigV4Signer
    private let transport: any HTTPTransport
    private let credentials: any AWSCredentialSource
    private let policy: RetryPolicy
    private let bucket: RetryBucket
    private let skew = ClockSkew()
    private let clock: AWSClock
    private let log: Log

    package init(
        service: AWSService,
        region: String,
        transport: any HTTPTransport,
        credentials: any AWSCredentialSource,
        policy: RetryPolicy = RetryPolicy(),
        bucket: RetryBucket = RetryBucket(),
        clock: AWSClock = .system,
        log: Log = .silent
    ) {
        signer = SigV4Signer(region: region, service: service)
        self.transport = transport
        self.credentials = credentials
        self.policy = policy
        self.bucket = bucket
        self.clock = clock
        self.log = log.with(["service": .text(service.signingName)])
    }

    package func send(
        _ call: AWSCall,
        readError: @Sendable (HTTPResponse) -> AWSServiceError?
    ) async throws(AWSError) -> HTTPResponse {
        var progress = CallProgress(limit: policy.attempts)
        var replaced: AWSCredentials?
        var paid = 1
        while true {
            let used = if let replaced { replaced } else { try await currentCredentials() }
            let failure: Failure
            switch await attempt(call, with: used, readError: readError) {
            case .success(let response):
                // A call that needed a retry gives back what it paid; one that did not, a single token.
                bucket.giveBack(paid)
                return response
            case .failure(let failed): failure = failed
            }
            if Task.isCancelled { throw .cancelled }
            replaced = nil
            let kind = FailureKind(failure.error, isHead: call.method == .head)
            switch progress.failed(kind) {
            case .giveUp: throw failure.error
            case .retry(let number):
                paid = try await payAndWait(for: failure, kind, retry: number, isPolling: call.isPolling)
            case .replaceCredentials:
                let other = try await replacement(for: used)
                guard other != used else { throw failure.error }
                log.warning("credentials refused, trying others", ["error": .describing(failure.error)])
                replaced = other
            case .correctClock:
                guard let serverTime = failure.serverTime,
                    skew.learn(from: call.url, serverTime: serverTime, ourTime: failure.ourTime)
                else { throw failure.error }
                log.warning(
                    "clock differs from the service's",
                    ["seconds": .integer(serverTime - failure.ourTime)]
                )
            }
        }
    }

    /// A URL that carries its signature, for someone who has no credentials.
    package func presign(
        method: HTTPMethod,
        url: String,
        fields: HTTPFields = HTTPFields(),
        expiresIn seconds: Int
    ) async throws(AWSError) -> String {
        try signer.presign(
            method: method,
            url: url,
            fields: fields,
            expiresIn: seconds,
            with: try await currentCredentials(),
            at: clock.now() + skew.offset(for: url)
        )
    }
}

extension AWSCaller {
    /// One attempt's failure with what the answer said about trying again.
    private struct Failure: Error {
        let error: AWSError
        var retryAfter: Duration?
        var serverTime: AWSTime?
        let ourTime: AWSTime
    }

    private func attempt(
        _ call: AWSCall,
        with credentials: AWSCredentials,
        readError: @Sendable (HTTPResponse) -> AWSServiceError?
    ) async -> Result<HTTPResponse, Failure> {
        let now = clock.now()
        if Task.isCancelled { return .failure(Failure(error: .cancelled, ourTime: now)) }
        let request = HTTPRequest(method: call.method, url: call.url, fields: call.fields, body: call.body)
        let signed: HTTPRequest
        do throws(AWSError) {
            let time = now + skew.offset(for: call.url)
            signed = try signer.sign(request, payload: call.payload, with: credentials, at: time)
        } catch {
            return .failure(Failure(error: error, ourTime: now))
        }
        let response: HTTPResponse
        do throws(HTTPTransportError) {
            response = try await transport.send(signed, limits: call.limits)
        } catch {
            let error: AWSError = error == .cancelled ? .cancelled : .transport(error)
            return .failure(Failure(error: error, ourTime: now))
        }
        guard response.status >= 400 else { return .success(response) }
        let error = serviceError(in: response, readError: readError)
        return .failure(
            Failure(
                error: .service(error),
                retryAfter: RetryAfter.duration(in: response.fields),
                serverTime: response.fields["date"].flatMap(AWSTime.init(httpDate:)),
                ourTime: now
            )
        )
    }

    private func serviceError(
        in response: HTTPResponse,
        readError: @Sendable (HTTPResponse) -> AWSServiceError?
    ) -> AWSServiceError {
        let read = readError(response)
        return AWSServiceError(
            status: response.status,
            code: read?.code ?? "HTTP\(response.status)",
            message: read?.message ?? "",
            requestID: read?.requestID ?? response.fields["x-amzn-requestid"]
                ?? response.fields["x-amz-request-id"]
        )
    }

    /// Takes the price of a retry and waits its delay; throws the failure when the bucket is empty.
    private func payAndWait(
        for failure: Failure,
        _ kind: FailureKind,
        retry: Int,
        isPolling: Bool
    ) async throws(AWSError) -> Int {
        let cost = policy.cost(of: kind)
        let canPay = bucket.take(cost)
        guard canPay || isPolling else { throw failure.error }
        let delay = policy.delay(
            before: retry,
            after: kind,
            chance: clock.random(),
            asked: failure.retryAfter
        )
        await clock.sleep(delay)
        if Task.isCancelled { throw .cancelled }
        // A polling caller comes back at once: having waited here, it cannot spin.
        guard canPay else { throw failure.error }
        log.debug("call tried again", ["retry": .integer(retry), "cause": .describing(failure.error)])
        return cost
    }

    private func currentCredentials() async throws(AWSError) -> AWSCredentials {
        do throws(AWSCredentialsError) {
            return try await credentials.current()
        } catch {
            throw AWSError(error)
        }
    }

    private func replacement(for refused: AWSCredentials) async throws(AWSError) -> AWSCredentials {
        do throws(AWSCredentialsError) {
            return try await credentials.replacement(for: refused)
        } catch {
            throw AWSError(error)
        }
    }
}

extension AWSError {
    fileprivate init(_ error: AWSCredentialsError) {
        self = error == .cancelled ? .cancelled : .credentials(reason: error.description)
    }
}
