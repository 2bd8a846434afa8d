import ImageJobs
import Lifetime
import Telemetry

extension Worker {
    /// Works on one claimed job to the end of the attempt, and gives its slot back.
    func work(on job: Job, entry: ActiveJobs.Entry) async {
        defer { active.end(entry.claim) }
        let log = log.with(["job": .describing(job.id), "attempt": .integer(job.attempt)])
        let clock = ContinuousClock()
        let start = clock.now
        let outcome: AttemptOutcome
        var result = Attempt.Result()
        do {
            result = try await attempt(job, interruption: entry.interruption)
            outcome = .completed(result.images)
        } catch {
            outcome = settings.retry.outcome(of: error, attempt: job.attempt, random: ports.random())
            report(error, outcome: outcome, to: log)
        }
        let recordStart = clock.now
        active.record(entry.claim)
        guard await record(Settlement(claim: entry.claim, outcome: outcome), log: log) else { return }
        active.release(entry.claim)
        await dismiss(entry.receipt, after: outcome)
        log.info(
            "job attempt ended",
            [
                "outcome": .text(outcome.name),
                "queued_ms": .milliseconds(Self.queueTime(of: job)),
                "generate_ms": .milliseconds(result.generating),
                "store_ms": .milliseconds(result.storing),
                "record_ms": .milliseconds(clock.now - recordStart),
                "total_ms": .milliseconds(clock.now - start),
                "images": .integer(result.images.count),
                "bytes": .integer(result.images.reduce(0) { $0 + $1.byteCount }),
            ]
        )
    }

    private func attempt(_ job: Job, interruption: StopSignal) async throws(AttemptError) -> Attempt.Result {
        // Every earlier attempt's worker died with it: one more would likely die too.
        guard job.attempt <= settings.retry.maximumAttempts else { throw .workersLost }
        // Claimed while time ran out: not begun, so that no provider is asked for nothing.
        guard !interruption.isStopping else { throw .cancelled }
        return try await Attempt(ports: ports, timeout: settings.attemptTimeout)
            .run(job, interruption: interruption)
    }

    /// Records the outcome, as often as it takes: the image is made and paid for, and the fence decides whether it counts.
    ///
    /// Returns false when another worker has the job, or when the database stayed away for too long.
    private func record(_ settlement: Settlement, log: Log) async -> Bool {
        var pause = settings.pause
        let giveUp = ContinuousClock.now + settings.recordPatience
        while true {
            do {
                if try await settlements.submit(settlement) { return true }
                log.warning("outcome discarded: the lease was lost")
                return false
            } catch .rejected(let reason) {
                log.error("outcome refused by the database", ["error": .text(reason)])
                return false
            } catch {
                guard ContinuousClock.now < giveUp, !Task.isCancelled else {
                    log.error("outcome could not be recorded", ["error": .describing(error)])
                    return false
                }
                log.warning("outcome could not be recorded yet", ["error": .describing(error)])
                // When cancelled, the guard above ends the loop.
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, settings.maximumPause / 4)
            }
        }
    }

    private func dismiss(_ receipt: ReceiptHandle, after outcome: AttemptOutcome) async {
        switch outcome {
        case .completed, .failed: await acknowledge(receipt)
        case .handedBack: await makeVisible([receipt], after: .zero)
        case .retry(let delay): await changeVisibility([Self.comeback(of: receipt, after: delay)])
        }
    }

    private func report(_ error: AttemptError, outcome: AttemptOutcome, to log: Log) {
        let fields: KeyValuePairs<String, LogValue> = [
            "outcome": .text(outcome.name), "error": .describing(error),
        ]
        switch error {
        case .provider(.unauthorized), .provider(.quotaExhausted), .storage(.misconfigured), .internal:
            log.error("attempt failed", fields)
        case .cancelled, .provider(.cancelled):
            log.info("attempt interrupted", fields)
        default:
            log.warning("attempt failed", fields)
        }
    }

    /// From acceptance to this attempt's start, by the store's clock.
    private static func queueTime(of job: Job) -> Duration {
        guard case .processing(let startedAt) = job.state else { return .zero }
        return job.createdAt.duration(to: startedAt)
    }
}

extension AttemptOutcome {
    /// The outcome's name in logs.
    var name: String {
        switch self {
        case .completed: "completed"
        case .failed: "failed"
        case .retry: "retry"
        case .handedBack: "handed_back"
        }
    }
}
