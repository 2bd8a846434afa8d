import HTTPMessages

/// Asks an endpoint for credentials, a few times.
struct CredentialRequest {
    /// What an answer means.
    enum Reading {
        case credentials(AWSCredentials)
        /// Asking again may help; the reason is safe to log.
        case again(reason: String)
        /// Asking again would not help.
        case refused(reason: String)
    }

    let source: String
    let transport: any HTTPTransport
    let clock: AWSClock
    let attempts: Int
    let pause: Duration
    let limits: HTTPTransferLimits

    func send(
        _ request: HTTPRequest,
        read: (HTTPResponse) -> Reading
    ) async throws(AWSCredentialsError) -> AWSCredentials {
        var reason = ""
        for attempt in 1...attempts {
            if attempt > 1 { await clock.sleep(pause) }
            if Task.isCancelled { throw .cancelled }
            let response: HTTPResponse
            do throws(HTTPTransportError) {
                response = try await transport.send(request, limits: limits)
            } catch {
                if error == .cancelled { throw .cancelled }
                reason = error.description
                continue
            }
            switch read(response) {
            case .credentials(let credentials): return credentials
            case .again(let cause): reason = cause
            case .refused(let cause): throw .failed(source: source, reason: cause)
            }
        }
        throw .failed(source: source, reason: "\(reason), after \(attempts) attempts")
    }
}
