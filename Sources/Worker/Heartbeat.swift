import ImageJobs
import Lifetime
import Telemetry

/// Keeps leases and messages of running jobs alive, all of them with one call each, at a third of the lease.
struct Heartbeat: Sendable {
    let active: ActiveJobs
    let claims: any JobClaims
    let queue: any JobQueue
    let lease: Duration
    let log: Log

    /// Beats until `end` is given; then nothing is held any more, and a beat under way is given up.
    ///
    /// Leases and messages have a loop each: a queue that hangs must not make the leases run out.
    func run(until end: StopSignal) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { while await end.sleep(for: lease / 3) { await extendLeases() } }
            group.addTask { while await end.sleep(for: lease / 3) { await hideMessages() } }
            await end.wait()
            group.cancelAll()
        }
    }

    /// Extends what is held and interrupts what was lost.
    private func extendLeases() async {
        let entries = active.entries
        guard !entries.isEmpty else { return }
        let before = ContinuousClock.now
        do {
            let held = try await claims.extend(entries.map(\.claim), lease: lease)
            active.confirm(held, at: before)
            // Looked at again, because what is being recorded may have no lease any more; the store tells that itself.
            let lost = Set(entries.map(\.claim)).subtracting(held)
            for entry in active.entries where lost.contains(entry.claim) && !entry.isRecording {
                log.warning("lease lost", ["job": .describing(entry.claim.job)])
                entry.interruption.trigger()
            }
        } catch .cancelled {
            return
        } catch {
            log.warning("leases could not be extended", ["error": .describing(error)])
            let now = ContinuousClock.now
            // Without a confirmation for a whole lease another worker may hold the job by now.
            for entry in active.entries where now - entry.confirmedAt > lease {
                log.warning("lease not confirmed in time", ["job": .describing(entry.claim.job)])
                entry.interruption.trigger()
            }
        }
    }

    private func hideMessages() async {
        let changes = active.entries
            .filter { !$0.interruption.isStopping }
            .map { VisibilityChange(receipt: $0.receipt, delay: lease) }
        guard !changes.isEmpty else { return }
        do {
            let accepted = try await queue.changeVisibility(changes)
            if accepted.count < changes.count {
                log.info(
                    "messages could not be kept hidden",
                    ["count": .integer(changes.count - accepted.count)]
                )
            }
        } catch .cancelled {
            return
        } catch {
            // The message may come again; the lease makes that harmless.
            log.warning("messages could not be kept hidden", ["error": .describing(error)])
        }
    }
}
