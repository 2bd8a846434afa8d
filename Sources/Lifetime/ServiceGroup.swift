package import Telemetry

/// Runs services together and stops them in order.
///
/// Services stand in stages. All start at once. When the group is told to stop, the last stage is stopped first, and a
/// stage before it only when every service behind it has returned: so a publisher outlives the server that feeds it.
/// What has not returned within `stopTimeout` is cancelled.
package struct ServiceGroup: Sendable {
    /// How the group ended.
    package enum Outcome: Sendable, Equatable {
        /// Told to stop, and every service returned in time.
        case stopped
        /// Told to stop, and some services had to be cancelled.
        case stoppedLate
        /// A service threw, or returned without having been told to.
        case failed(service: String)
    }

    private enum Event: Sendable {
        case stopRequested
        case timeUp
        case serviceEnded(stage: Int, name: String, error: String?)
    }

    private let stages: [[Service]]
    private let stopTimeout: Duration
    private let log: Log

    package init(stages: [[Service]], stopTimeout: Duration, log: Log) {
        self.stages = stages
        self.stopTimeout = stopTimeout
        self.log = log
    }

    /// Runs until `stop` is given or a service ends, and until every service has returned.
    package func run(until stop: StopSignal) async -> Outcome {
        let signals = stages.map { _ in StopSignal() }
        return await withTaskGroup(of: Event.self) { group in
            for (stage, services) in stages.enumerated() {
                for service in services {
                    group.addTask { await Self.event(of: service, in: stage, until: signals[stage]) }
                }
            }
            group.addTask {
                await stop.wait()
                return .stopRequested
            }
            var running = stages.map(\.count)
            var stopping = Stopping()
            while running.contains(where: { $0 > 0 }), let event = await group.next() {
                switch event {
                case .stopRequested: break
                case .timeUp:
                    log.warning("services were cancelled because the stop timeout passed")
                    stopping.isLate = true
                    group.cancelAll()
                    continue
                case .serviceEnded(let stage, let name, let error):
                    running[stage] -= 1
                    if let error {
                        log.error("service failed", ["service": .text(name), "error": .text(error)])
                        stopping.failed = stopping.failed ?? name
                    } else if !signals[stage].isStopping {
                        log.error("service ended before it was told to", ["service": .text(name)])
                        stopping.failed = stopping.failed ?? name
                    }
                }
                if !stopping.hasBegun, stop.isStopping || stopping.failed != nil {
                    stopping.hasBegun = true
                    stop.trigger()
                    group.addTask { [stopTimeout] in
                        // Cancelled when every service returned in time; then nobody waits for it.
                        try? await Task.sleep(for: stopTimeout)
                        return .timeUp
                    }
                }
                if stopping.hasBegun { Self.stopNextStage(signals, running: running) }
            }
            group.cancelAll()
            return stopping.outcome
        }
    }

    private struct Stopping {
        var hasBegun = false
        var isLate = false
        var failed: String?

        var outcome: Outcome {
            if let failed { return .failed(service: failed) }
            return isLate ? .stoppedLate : .stopped
        }
    }

    /// Gives the signal to the last stage that still runs, and to the empty ones behind it.
    private static func stopNextStage(_ signals: [StopSignal], running: [Int]) {
        for stage in signals.indices.reversed() {
            signals[stage].trigger()
            if running[stage] > 0 { return }
        }
    }

    private static func event(of service: Service, in stage: Int, until stop: StopSignal) async -> Event {
        do {
            try await service.run(stop)
            return .serviceEnded(stage: stage, name: service.name, error: nil)
        } catch is CancellationError {
            return .serviceEnded(stage: stage, name: service.name, error: nil)
        } catch {
            return .serviceEnded(stage: stage, name: service.name, error: "\(error)")
        }
    }
}
