/// What the credential cache knows: the credentials it holds and whether new ones are on their way.
///
/// A pure machine: moments come in, decisions go out.
///
/// | time left | what happens |
/// |---|---|
/// | 15 minutes and more, or no end | the held ones are used |
/// | less than 15 minutes | one refresh runs, everyone goes on with the held ones |
/// | less than 10 minutes | one refresh runs, everyone waits for it |
/// | none, or none held | one refresh runs, everyone waits for it, its error is everyone's |
///
/// A refresh that fails while the held ones are good leaves them in use, and is tried again after a pause.
struct CredentialState {
    enum Decision: Equatable {
        case use(AWSCredentials)
        /// A refresh must be begun; nobody waits for it.
        case useAndRefresh(AWSCredentials)
        /// A refresh is under way.
        case wait
        /// A refresh must be begun and waited for.
        case waitAndRefresh
    }

    static let advisorySeconds = 15 * 60
    static let mandatorySeconds = 10 * 60
    /// Between refreshes while there are credentials to use: an endpoint that is down is not asked for every request,
    /// nor one that hands out the same credentials until shortly before their end.
    static let pauseSeconds = 5

    private var held: AWSCredentials?
    private var isRefreshing = false
    private var nextRefresh: AWSTime?
    /// Credentials that a service refused and a refresh did not replace.
    private var refusedInVain: AWSCredentials?

    func wanted(at now: AWSTime) -> Decision {
        guard let held, isGood(held, at: now) else { return isRefreshing ? .wait : .waitAndRefresh }
        guard let expiration = held.expiration, expiration - now < Self.advisorySeconds else {
            return .use(held)
        }
        let isMandatory = expiration - now < Self.mandatorySeconds
        if isRefreshing { return isMandatory ? .wait : .use(held) }
        if let nextRefresh, now < nextRefresh { return .use(held) }
        return isMandatory ? .waitAndRefresh : .useAndRefresh(held)
    }

    /// A service refused these: others are wanted, unless they have come already.
    func refused(_ refused: AWSCredentials, at now: AWSTime) -> Decision {
        guard let held, held == refused else { return wanted(at: now) }
        if isRefreshing { return .wait }
        // Asked in vain a moment ago: everyone whose request was refused would ask again.
        if refusedInVain == refused, let nextRefresh, now < nextRefresh { return .use(held) }
        return .waitAndRefresh
    }

    mutating func beginRefresh() { isRefreshing = true }

    /// Takes a refresh's result; answers with what those get who waited for it.
    mutating func refreshed(
        _ result: Result<AWSCredentials, AWSCredentialsError>,
        at now: AWSTime
    ) -> Result<AWSCredentials, AWSCredentialsError> {
        isRefreshing = false
        nextRefresh = now + Self.pauseSeconds
        let result = result.flatMap { new in isGood(new, at: now) ? .success(new) : .failure(.expired) }
        switch result {
        case .success(let new):
            refusedInVain = new == held ? held : nil
            held = new
            return result
        case .failure:
            refusedInVain = held
            guard let held, isGood(held, at: now) else { return result }
            return .success(held)
        }
    }

    private func isGood(_ credentials: AWSCredentials, at now: AWSTime) -> Bool {
        credentials.expiration.map { now < $0 } ?? true
    }
}
