import ImageJobs
import Lifetime
import Synchronization

/// The jobs this worker holds, and the free slots beside them.
final class ActiveJobs: Sendable {
    /// A held job: what its heartbeat and its end need to know.
    struct Entry: Sendable {
        let claim: Claim
        let receipt: ReceiptHandle
        /// Given when the attempt must end at once: the lease is lost, or time to stop is up.
        let interruption: StopSignal
        /// When the store last confirmed the lease.
        var confirmedAt: ContinuousClock.Instant
        /// The outcome is on its way to the store, whose answer says whether the lease still held.
        var isRecording = false
    }

    private struct State {
        var entries: [Claim: Entry] = [:]
        var taken = 0
        var waiter: CheckedContinuation<Void, Never>?
        var isClosed = false
        var isInterrupted = false
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// Waits until a slot is free and returns how many are.
    ///
    /// Returns 0 after `close`. One caller at a time.
    func freeSlots() async -> Int {
        while true {
            let (free, isClosed) = state.withLock { (capacity - $0.taken, $0.isClosed) }
            if isClosed { return 0 }
            if free > 0 { return free }
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard state.taken >= capacity, !state.isClosed else { return false }
                    state.waiter = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        }
    }

    /// Ends waiting for slots, because nothing is to be received any more.
    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Takes a slot for a claimed job.
    func begin(_ claim: Claim, receipt: ReceiptHandle, now: ContinuousClock.Instant) -> Entry {
        let entry = Entry(claim: claim, receipt: receipt, interruption: StopSignal(), confirmedAt: now)
        let isInterrupted = state.withLock { state in
            state.taken += 1
            state.entries[claim] = entry
            return state.isInterrupted
        }
        if isInterrupted { entry.interruption.trigger() }
        return entry
    }

    /// Interrupts every attempt: those that run, and those whose claim is still under way.
    func interrupt() {
        let held = state.withLock { state in
            state.isInterrupted = true
            return Array(state.entries.values)
        }
        for entry in held { entry.interruption.trigger() }
    }

    /// Notes that the attempt is over and its outcome is being recorded.
    func record(_ claim: Claim) { state.withLock { $0.entries[claim]?.isRecording = true } }

    /// Ends the heartbeats of a job whose outcome is recorded; its slot stays taken until `end`.
    func release(_ claim: Claim) { state.withLock { $0.entries[claim] = nil } }

    /// Gives the slot back.
    func end(_ claim: Claim) {
        let waiter = state.withLock { state in
            state.entries[claim] = nil
            state.taken -= 1
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Everything whose lease must be kept now.
    var entries: [Entry] { state.withLock { Array($0.entries.values) } }

    /// Notes that the store confirmed these leases.
    func confirm(_ claims: Set<Claim>, at now: ContinuousClock.Instant) {
        state.withLock { state in
            for claim in claims { state.entries[claim]?.confirmedAt = now }
        }
    }
}
