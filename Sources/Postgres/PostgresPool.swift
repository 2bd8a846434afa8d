import Synchronization

/// A bounded number of connections, lent to callers one at a time.
///
/// Every wait for one has a deadline, callers are served in the order in which they came, and a caller that is cancelled
/// or fails takes nothing from the others. A connection that broke, is inside a transaction or has grown old never
/// comes back.
package final class PostgresPool: Sendable {
    private typealias Grant = PoolState<PostgresConnection>.Grant
    private typealias Waiting = CheckedContinuation<Result<Grant, PostgresError>, Never>

    private struct State {
        var machine: PoolState<PostgresConnection>
        var continuations: [UInt64: Waiting] = [:]
        var lastWaiter: UInt64 = 0
    }

    private let settings: PostgresSettings
    private let state: Mutex<State>

    /// A pool that connects when it is first used.
    package init(_ settings: PostgresSettings) {
        self.settings = settings
        state = Mutex(State(machine: PoolState(limit: settings.poolSize)))
    }

    // MARK: - Use

    /// Runs one statement on any connection; it commits by itself.
    package func query(
        _ query: PostgresQuery,
        deadline: ContinuousClock.Instant? = nil
    ) async throws(PostgresError) -> PostgresRows {
        let deadline = deadline ?? defaultDeadline
        return try await withConnection(deadline: deadline) { connection throws(PostgresError) in
            try await connection.query(query, deadline: deadline)
        }
    }

    /// Runs statements on any connection in one round trip and one transaction: all or none.
    package func pipeline(
        _ queries: [PostgresQuery],
        deadline: ContinuousClock.Instant? = nil
    ) async throws(PostgresError) -> [PostgresRows] {
        let deadline = deadline ?? defaultDeadline
        return try await withConnection(deadline: deadline) { connection throws(PostgresError) in
            try await connection.pipeline(queries, deadline: deadline)
        }
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// `BEGIN` travels with the first statement. An error before `COMMIT` was sent means that nothing changed.
    package func transaction<Result>(
        deadline: ContinuousClock.Instant? = nil,
        _ body: (PostgresConnection) async throws(PostgresError) -> Result
    ) async throws(PostgresError) -> Result {
        let deadline = deadline ?? defaultDeadline
        return try await withConnection(deadline: deadline) { connection throws(PostgresError) in
            await connection.begin()
            let result: Result
            do throws(PostgresError) {
                result = try await body(connection)
            } catch {
                await connection.rollback(deadline: deadline)
                throw error.beforeCommit
            }
            try await connection.commit(deadline: deadline)
            return result
        }
    }

    /// Lends a connection.
    ///
    /// `deadline` bounds the wait for it, not what `body` does with it.
    package func withConnection<Result>(
        deadline: ContinuousClock.Instant? = nil,
        _ body: (PostgresConnection) async throws(PostgresError) -> Result
    ) async throws(PostgresError) -> Result {
        let lease = try await acquire(deadline: deadline ?? defaultDeadline)
        do throws(PostgresError) {
            let result = try await body(lease.connection)
            release(lease)
            return result
        } catch {
            release(lease)
            throw error
        }
    }

    /// Takes no more callers and closes idle connections; lent ones are closed as they come back.
    package func close() {
        let left = state.withLock { state in
            let left = state.machine.close()
            return (left.waiters.compactMap { state.continuations.removeValue(forKey: $0) }, left.idle)
        }
        for waiting in left.0 { waiting.resume(returning: .failure(.poolClosed)) }
        // Letting go of the last reference closes a connection.
    }

    /// Connections lent, idle connections and waiting callers, at this moment.
    package var counts: (lent: Int, idle: Int, waiting: Int) {
        let counts = state.withLock(\.machine.counts)
        return (counts.taken - counts.idle, counts.idle, counts.waiting)
    }

    // MARK: - Lending

    private typealias Lease = PoolState<PostgresConnection>.Idle

    private var defaultDeadline: ContinuousClock.Instant { .now + settings.queryTimeout }

    private func acquire(deadline: ContinuousClock.Instant) async throws(PostgresError) -> Lease {
        if Task.isCancelled { throw .cancelled }
        let grant: Grant
        switch state.withLock({ $0.machine.request() }) {
        case .closed: throw .poolClosed
        case .granted(let granted): grant = granted
        case .wait: grant = try await wait(until: deadline)
        }
        if case .connection(let lease) = grant, isFit(lease) { return lease }
        return try await open(deadline: deadline)
    }

    /// Whether a connection is worth lending once more.
    private func isFit(_ lease: Lease) -> Bool {
        lease.connection.isReusable && lease.openedAt.duration(to: .now) < settings.maximumAge
            && lease.connection.isQuiet
    }

    /// Opens a connection in a slot that is ours.
    private func open(deadline: ContinuousClock.Instant) async throws(PostgresError) -> Lease {
        var settings = settings
        settings.connectTimeout = min(settings.connectTimeout, ContinuousClock.now.duration(to: deadline))
        do {
            return Lease(connection: try await PostgresConnection(settings), openedAt: .now)
        } catch {
            resume(state.withLock { $0.machine.giveBackSlot() })
            throw error
        }
    }

    private func release(_ lease: Lease) {
        let isReusable = lease.connection.isReusable
        resume(
            state.withLock { state in
                isReusable ? state.machine.giveBack(lease) : state.machine.giveBackSlot()
            }
        )
    }

    private func resume(_ release: PoolState<PostgresConnection>.Release) {
        guard case .grant(let grant, let waiter) = release else { return }
        let waiting = state.withLock { $0.continuations.removeValue(forKey: waiter) }
        waiting?.resume(returning: .success(grant))
    }
}

// MARK: - Waiting

extension PostgresPool {
    /// Waits for a grant; whoever comes first of the grant, the deadline and the cancellation decides.
    private func wait(until deadline: ContinuousClock.Instant) async throws(PostgresError) -> Grant {
        let waiter = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let outcome = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await Task.sleep(until: deadline, clock: .continuous)
                } catch {
                    // Cancelled: either the grant came, or the caller was cancelled, which is handled below.
                    return
                }
                self.giveUp(waiter, because: .poolExhausted)
            }
            defer { group.cancelAll() }
            return await withTaskCancellationHandler {
                await withCheckedContinuation { self.enqueue(waiter, $0, until: deadline) }
            } onCancel: {
                self.giveUp(waiter, because: .cancelled)
            }
        }
        return try outcome.get()
    }

    private func enqueue(_ waiter: UInt64, _ waiting: Waiting, until deadline: ContinuousClock.Instant) {
        let answer: Result<Grant, PostgresError>? = state.withLock { state in
            // Both are looked at under the lock: `giveUp` may have come and found nobody.
            if Task.isCancelled { return .failure(.cancelled) }
            if ContinuousClock.now >= deadline { return .failure(.poolExhausted) }
            // Since the first request a connection may have come back.
            switch state.machine.request() {
            case .closed: return .failure(.poolClosed)
            case .granted(let grant): return .success(grant)
            case .wait:
                state.machine.enqueue(waiter)
                state.continuations[waiter] = waiting
                return nil
            }
        }
        if let answer { waiting.resume(returning: answer) }
    }

    private func giveUp(_ waiter: UInt64, because error: PostgresError) {
        let waiting = state.withLock { state in
            state.machine.leave(waiter) ? state.continuations.removeValue(forKey: waiter) : nil
        }
        waiting?.resume(returning: .failure(error))
    }
}
