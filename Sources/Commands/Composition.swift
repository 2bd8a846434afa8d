import API
import Configuration
import Cryptography
import HTTPServer
import ImageEditing
import ImageJobs
import ImageProviders
import Lifetime
import LocalStores
import Telemetry
import Worker

/// The parts that every role is put together from.
enum Composition {
    static func log(_ settings: Settings, role: StaticString) -> Log {
        let minimum: Log.Level =
            switch settings.logLevel {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        return Log(sink: JSONLinesSink.standardOutput(), minimum: minimum)
            .with(["role": .text(role.description)])
    }

    /// Ids of jobs, from the wall clock and the system's random numbers.
    static let jobIDs = JobIDSource(now: WallClock.now) {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    static let random: @Sendable () -> Double = { Double.random(in: 0..<1) }

    static func provider(_ settings: ProviderSettings, editor: any ImageEditor) -> any ImageProvider {
        switch settings.kind {
        case .mock:
            var mock = MockProvider.Settings()
            mock.delay = settings.mockDelay
            mock.failureRate = settings.mockFailureRate
            mock.failure = MockFailure(rawValue: settings.mockFailureKind.rawValue) ?? .transient
            return MockProvider(settings: mock, editor: editor, fraction: random)
        }
    }

    static func editor(_ settings: Settings) -> VipsEditor {
        var editing = VipsEditor.Settings()
        editing.parallelism = min(settings.jobs.concurrency, 4)
        return VipsEditor(editing)
    }

    static func publisher(queue: any JobQueue, outbox: any JobOutbox, log: Log) -> JobPublisher {
        JobPublisher(queue: queue, outbox: outbox) { report in
            switch report {
            case .sent: break
            case .refused(let count):
                log.warning("the queue refused messages", ["count": .integer(count)])
            case .queueFailed(.cancelled), .markFailed(.cancelled): break
            case .queueFailed(let error):
                log.warning("messages could not be sent", ["error": .describing(error)])
            case .markFailed(let error):
                log.warning("sent messages could not be noted", ["error": .describing(error)])
            }
        }
    }

    static func workerSettings(_ settings: Settings, pollWait: Duration) -> WorkerSettings {
        let jobs = settings.jobs
        var worker = WorkerSettings(
            worker: WorkerID(rawValue: "\(ProcessEnvironment.hostName)/\(ProcessEnvironment.processID)")
        )
        worker.concurrency = jobs.concurrency
        worker.lease = jobs.lease
        worker.attemptTimeout = jobs.attemptTimeout
        worker.pollWait = pollWait
        // What is left of the stop timeout is for handing back, recording and acknowledging.
        worker.finishTime = settings.stopTimeout * 0.6
        worker.retry = ImageJobs.RetryPolicy(
            maximumAttempts: jobs.maximumAttempts,
            unknownOutcome: jobs.unknownOutcome == .retry ? .retry : .fail
        )
        return worker
    }

    static func apiSettings(_ settings: HTTPSettings) -> APISettings {
        APISettings(
            keys: APIKeys(settings.keys.map { APIKeys.Entry(name: $0.name, key: $0.key.revealed) }),
            resultAccess: settings.resultAccess == .id ? .id : .key,
            allowedOrigins: settings.allowedOrigins
        )
    }

    static func server(
        _ settings: HTTPSettings,
        responder: APIResponder,
        log: Log
    ) throws(HTTPServerError) -> HTTPServer {
        var server = HTTPServerSettings(host: settings.host, port: settings.port, threads: settings.threads)
        server.limits.connections = DescriptorLimit.connections(wanted: settings.connectionLimit)
        if server.limits.connections < settings.connectionLimit {
            log.warning(
                "fewer connections than set: raise the limit of open files",
                ["set": .integer(settings.connectionLimit), "fit": .integer(server.limits.connections)]
            )
        }
        server.freshRequestID = { jobIDs.next().description }
        server.timeouts.header = settings.headerTimeout
        server.timeouts.body = settings.bodyTimeout
        server.timeouts.idle = settings.idleTimeout
        return try HTTPServer(server, responder: responder, log: log)
    }

    /// The API until it has drained: readiness fails, requests still come for the drain delay, then the listener closes.
    static func serving(_ server: HTTPServer, readiness: Readiness, drainDelay: Duration) -> Service {
        Service("api") { stop in
            await withTaskCancellationHandler {
                async let serving: Void = server.run()
                await stop.wait()
                await readiness.drain()
                // When time is up the handler below closes the server.
                try? await Task.sleep(for: drainDelay)
                server.drain()
                await serving
            } onCancel: {
                server.close()
            }
        }
    }

    /// The services that record and publish: each ends when what feeds it has ended.
    static func intake(_ submission: JobSubmission, _ publisher: JobPublisher) -> [[Service]] {
        [
            [
                Service("publisher") { stop in
                    async let running: Void = publisher.run()
                    await stop.wait()
                    publisher.close()
                    await running
                }
            ],
            [
                Service("submission") { stop in
                    async let running: Void = submission.run()
                    await stop.wait()
                    submission.close()
                    await running
                }
            ],
        ]
    }

    /// Runs the services until a signal comes, and says how the program ends.
    static func run(_ stages: [[Service]], settings: Settings, log: Log) async -> ExitStatus {
        let stop = StopSignal()
        let signals = ProcessSignals(stop: stop)
        defer { withExtendedLifetime(signals) {} }
        let outcome = await ServiceGroup(stages: stages, stopTimeout: settings.stopTimeout, log: log)
            .run(until: stop)
        switch outcome {
        case .stopped:
            log.info("stopped")
            return .success
        case .stoppedLate:
            log.warning("stopped late")
            return .success
        case .failed:
            return .failure
        }
    }
}

extension Composition {
    static func workerPorts(
        claims: any JobClaims,
        queue: any JobQueue,
        images: any ImageStore,
        provider: any ImageProvider,
        editor: any ImageEditor
    ) -> WorkerPorts {
        WorkerPorts(
            claims: claims,
            queue: queue,
            images: images,
            provider: provider,
            editor: editor,
            digest: { hexadecimal(SHA256.digest(of: $0)) },
            random: random
        )
    }
}

/// Whether the check returns without an error.
func succeeds(_ check: () async throws -> Void) async -> Bool {
    do {
        try await check()
        return true
    } catch {
        return false
    }
}
