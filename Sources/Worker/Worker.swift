import ImageJobs
package import Lifetime
package import Telemetry

/// Receives messages for free slots, claims their jobs, works on them, records how they ended.
///
/// Two scopes of stopping: the signal ends receiving at once; running jobs have `finishTime`, then they are handed
/// back. Recording and acknowledging end last.
package struct Worker: Sendable {
    let settings: WorkerSettings
    let ports: WorkerPorts
    let log: Log
    let active: ActiveJobs
    let settlements: Coalescer<Settlement, Bool, JobStoreError>
    let acknowledgements: Coalescer<ReceiptHandle, Bool, JobQueueError>

    package init(settings: WorkerSettings, ports: WorkerPorts, log: Log) {
        self.settings = settings
        self.ports = ports
        self.log = log
        active = ActiveJobs(capacity: settings.concurrency)
        let claims = ports.claims
        settlements = Coalescer(
            batchLimit: 100,
            refusal: .unavailable(reason: "too many outcomes wait for the database")
        ) { await Self.settle($0, in: claims) }
        let queue = ports.queue
        acknowledgements = Coalescer(
            batchLimit: 10,
            refusal: .unavailable(reason: "too many acknowledgements wait for the queue")
        ) { await Self.acknowledge($0, in: queue) }
    }

    /// Works until the signal is given, then finishes or hands back what it holds.
    package func run(until stop: StopSignal) async {
        let finished = StopSignal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await settlements.run() }
            group.addTask { await acknowledgements.run() }
            group.addTask {
                let heartbeat = Heartbeat(
                    active: active,
                    claims: ports.claims,
                    queue: ports.queue,
                    lease: settings.lease,
                    log: log
                )
                await heartbeat.run(until: finished)
            }
            group.addTask {
                await stop.wait()
                active.close()
                // Given early when every job is done.
                _ = await finished.sleep(for: settings.finishTime)
                active.interrupt()
            }
            await receiveAndWork(until: stop)
            log.info("worker stopped")
            finished.trigger()
            settlements.close()
            acknowledgements.close()
            await group.waitForAll()
        }
    }

    private func receiveAndWork(until stop: StopSignal) async {
        await withDiscardingTaskGroup { jobs in
            defer { log.info("worker stopped receiving") }
            var pause = settings.pause
            while !stop.isStopping, !Task.isCancelled {
                let free = await active.freeSlots()
                guard free > 0 else { return }
                do {
                    // Not cancelled by stopping: SQS would hide what it hands to an abandoned poll.
                    let deliveries = try await ports.queue.receive(
                        limit: min(free, 10),
                        wait: settings.pollWait,
                        visibility: settings.lease
                    )
                    if stop.isStopping {
                        await makeVisible(deliveries.map(\.receipt), after: .zero)
                    } else if await !start(deliveries, in: &jobs) {
                        throw JobQueueError.unavailable(reason: "the database could not claim the jobs")
                    }
                    pause = settings.pause
                } catch {
                    let jittered = pause * (0.5 + ports.random() / 2)
                    log.warning(
                        "receiving failed",
                        ["error": .text("\(error)"), "pause_ms": .milliseconds(jittered)]
                    )
                    guard await stop.sleep(for: jittered) else { return }
                    pause = min(pause * 2, settings.maximumPause)
                }
            }
        }
    }

    /// Claims the jobs and begins those that are ours.
    ///
    /// False when the database could not say.
    private func start(_ deliveries: [Delivery], in jobs: inout DiscardingTaskGroup) async -> Bool {
        var ids: [JobID] = []
        var readable: [Delivery] = []
        for delivery in deliveries {
            switch delivery.content {
            case .job(let id):
                ids.append(id)
                readable.append(delivery)
            case .unreadable:
                // Left alone: after enough receives the queue moves it to the dead-letter queue.
                log.warning("unreadable message", ["receives": .integer(delivery.receiveCount)])
            }
        }
        guard !ids.isEmpty else { return true }
        let answers: [ClaimAnswer]
        let asked = ContinuousClock.now
        do {
            answers = try await ports.claims.claim(ids, for: settings.worker, lease: settings.lease)
        } catch {
            log.warning("jobs could not be claimed", ["error": .describing(error)])
            await makeVisible(readable.map(\.receipt), after: settings.maximumPause)
            return false
        }
        var later: [VisibilityChange] = []
        for (delivery, answer) in zip(readable, answers) {
            switch answer {
            case .claimed(let job):
                let claim = Claim(job: job.id, fence: job.fence)
                let entry = active.begin(claim, receipt: delivery.receipt, now: asked)
                jobs.addTask { await work(on: job, entry: entry) }
            case .notYet(let delay): later.append(Self.comeback(of: delivery.receipt, after: delay))
            case .finished: jobs.addTask { await acknowledge(delivery.receipt) }
            case .unknown:
                log.warning("message for an unknown job", ["receives": .integer(delivery.receiveCount)])
            }
        }
        // Only now, and together: a slow queue must not hold up jobs whose lease runs already.
        await changeVisibility(later)
        return true
    }

    /// Hides a message until a moment after its job is due, within the 12 hours that a queue can.
    static func comeback(of receipt: ReceiptHandle, after delay: Duration) -> VisibilityChange {
        VisibilityChange(receipt: receipt, delay: min(delay + .seconds(1), .seconds(43_000)))
    }

    func makeVisible(_ receipts: [ReceiptHandle], after delay: Duration) async {
        await changeVisibility(receipts.map { VisibilityChange(receipt: $0, delay: delay) })
    }

    func changeVisibility(_ changes: [VisibilityChange]) async {
        guard !changes.isEmpty else { return }
        do {
            _ = try await ports.queue.changeVisibility(changes)
        } catch {
            // The message comes back when its visibility timeout ends.
            log.warning("visibility could not be changed", ["error": .describing(error)])
        }
    }

    func acknowledge(_ receipt: ReceiptHandle) async {
        do {
            if try await !acknowledgements.submit(receipt) { log.info("a message could not be deleted") }
        } catch {
            // The message comes again and finds a finished job.
            log.warning("a message could not be deleted", ["error": .describing(error)])
        }
    }

    private static func settle(
        _ settlements: [Settlement],
        in claims: any JobClaims
    ) async -> [Result<Bool, JobStoreError>] {
        do {
            let held = try await claims.settle(settlements)
            return settlements.map { .success(held.contains($0.claim)) }
        } catch .rejected where settlements.count > 1 {
            // One of them is to blame; the images of the others are made and paid for.
            var results: [Result<Bool, JobStoreError>] = []
            for settlement in settlements { results += await settle([settlement], in: claims) }
            return results
        } catch {
            return settlements.map { _ in .failure(error) }
        }
    }

    private static func acknowledge(
        _ receipts: [ReceiptHandle],
        in queue: any JobQueue
    ) async -> [Result<Bool, JobQueueError>] {
        do {
            let accepted = try await queue.acknowledge(receipts)
            return receipts.map { .success(accepted.contains($0)) }
        } catch {
            return receipts.map { _ in .failure(error) }
        }
    }
}
