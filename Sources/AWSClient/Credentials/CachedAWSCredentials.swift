import Synchronization
package import Telemetry

/// Credentials of a provider, kept and renewed before they end.
///
/// Reading is a short lock while they are fresh. At most one refresh runs, whoever needs it: it is a task that this
/// object owns, so that no caller's cancellation ends it for the others. `shutDown()` cancels it and lets go of all
/// who wait; whoever composes the program calls that last. Without it the task ends by the provider's own time limits.
package final class CachedAWSCredentials: AWSCredentialSource {
    private typealias Outcome = Result<AWSCredentials, AWSCredentialsError>
    private typealias Waiter = CheckedContinuation<Outcome, Never>

    private struct State {
        var machine = CredentialState()
        /// One for each request that waits: their number is bounded by the callers' own concurrency.
        var waiters: [Int: Waiter] = [:]
        var lastWaiter = 0
        var refresher: Task<Void, Never>?
        var isShutDown = false
    }

    private let provider: any AWSCredentialProvider
    private let clock: AWSClock
    private let log: Log
    private let state = Mutex(State())

    package init(provider: any AWSCredentialProvider, clock: AWSClock = .system, log: Log = .silent) {
        self.provider = provider
        self.clock = clock
        self.log = log
    }

    package func current() async throws(AWSCredentialsError) -> AWSCredentials {
        try await credentials { machine, now in machine.wanted(at: now) }
    }

    package func replacement(for refused: AWSCredentials) async throws(AWSCredentialsError) -> AWSCredentials
    {
        try await credentials { machine, now in machine.refused(refused, at: now) }
    }

    /// Cancels a refresh under way and lets go of all who wait for it.
    ///
    /// Credentials held are still handed out while they are good.
    package func shutDown() {
        let (refresher, waiters) = state.withLock { state in
            state.isShutDown = true
            defer { state.waiters = [:] }
            return (state.refresher, state.waiters)
        }
        refresher?.cancel()
        for waiter in waiters.values { waiter.resume(returning: .failure(.cancelled)) }
    }

    /// How many callers wait for a refresh now.
    var waiting: Int { state.withLock { $0.waiters.count } }

    private func credentials(
        deciding decide: @Sendable (CredentialState, AWSTime) -> CredentialState.Decision
    ) async throws(AWSCredentialsError) -> AWSCredentials {
        let now = clock.now()
        let ready = state.withLock { state -> AWSCredentials? in
            switch decide(state.machine, now) {
            case .use(let held): return held
            case .useAndRefresh(let held):
                beginRefresh(&state)
                return held
            case .wait, .waitAndRefresh: return nil
            }
        }
        if let ready { return ready }
        return try await wait(deciding: decide).get()
    }

    private func wait(
        deciding decide: @Sendable (CredentialState, AWSTime) -> CredentialState.Decision
    ) async -> Outcome {
        let identifier = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                if let outcome = enlist(waiter, identifier, deciding: decide) {
                    waiter.resume(returning: outcome)
                }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: identifier) }
            waiter?.resume(returning: .failure(.cancelled))
        }
    }

    /// Adds a waiter, or answers at once: a refresh may have ended since it was decided to wait.
    private func enlist(
        _ waiter: Waiter,
        _ identifier: Int,
        deciding decide: @Sendable (CredentialState, AWSTime) -> CredentialState.Decision
    ) -> Outcome? {
        let now = clock.now()
        return state.withLock { state in
            // Cancelled before this lock was taken: the handler found no waiter to let go.
            if Task.isCancelled || state.isShutDown { return .failure(.cancelled) }
            switch decide(state.machine, now) {
            case .use(let held): return .success(held)
            case .useAndRefresh(let held):
                beginRefresh(&state)
                return .success(held)
            case .wait: break
            case .waitAndRefresh: beginRefresh(&state)
            }
            state.waiters[identifier] = waiter
            return nil
        }
    }

    private func beginRefresh(_ state: inout State) {
        guard !state.isShutDown else { return }
        state.machine.beginRefresh()
        // Owned: kept in `refresher`, cancelled by `shutDown()`.
        state.refresher = Task { await self.refresh() }
    }

    private func refresh() async {
        let outcome: Outcome
        do throws(AWSCredentialsError) {
            if let credentials = try await provider.load() {
                outcome = .success(credentials)
            } else {
                outcome = .failure(.notConfigured(tried: [provider.name]))
            }
        } catch {
            outcome = .failure(error)
        }
        let now = clock.now()
        let (answer, waiters) = state.withLock { state in
            defer { state.waiters = [:] }
            state.refresher = nil
            return (state.machine.refreshed(outcome, at: now), state.waiters)
        }
        if case .failure(let error) = outcome {
            log.warning("credentials not refreshed", ["error": .describing(error)])
        } else if case .failure(let error) = answer {
            log.warning("credentials not refreshed", ["error": .describing(error)])
        } else {
            log.debug("credentials refreshed")
        }
        for waiter in waiters.values { waiter.resume(returning: answer) }
    }
}
