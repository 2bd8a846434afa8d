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

    /// Beats until `end` is given.
    func run(until end: StopSignal) async {
        while await end.sleep(for: lease / 3) { await beat() }
    }

    /// Extends what is held and interrupts what was lost.
    func beat() async {
        let entries = active.entries
        guard !entries.isEmpty else { return }
        let before = ContinuousClock.now
        do {
            let held = try await claims.extend(entries.map(\.claim), lease: lease)
            active.confirm(held, at: before)
            for entry in entries where !held.contains(entry.claim) {
                log.warning("lease lost", ["job": .describing(entry.claim.job)])
                entry.interruption.trigger()
            }
            await hide(entries.filter { held.contains($0.claim) })
        } catch {
            log.warning("leases could not be extended", ["error": .describing(error)])
            // Without a confirmation for a whole lease another worker may hold the job by now.
            for entry in entries where before - entry.confirmedAt > lease {
                log.warning("lease not confirmed in time", ["job": .describing(entry.claim.job)])
                entry.interruption.trigger()
            }
        }
    }

    private func hide(_ entries: [ActiveJobs.Entry]) async {
        guard !entries.isEmpty else { return }
        let changes = entries.map { VisibilityChange(receipt: $0.receipt, delay: lease) }
        do {
            let accepted = try await queue.changeVisibility(changes)
            if accepted.count < changes.count {
                log.info(
                    "messages could not be kept hidden",
                    ["count": .integer(changes.count - accepted.count)]
                )
            }
        } catch {
            // The message may come again; the lease makes that harmless.
            log.warning("messages could not be kept hidden", ["error": .describing(error)])
        }
    }
}
