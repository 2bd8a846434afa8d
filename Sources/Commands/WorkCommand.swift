import Configuration
import ImageJobs
import Lifetime
import Telemetry
import Worker

/// `image-api work`: a worker that takes messages from SQS and puts images into S3.
enum WorkCommand {
    static func run(_ settings: Settings) async throws -> ExitStatus {
        let log = Composition.log(settings, role: "worker")
        guard let aws = settings.aws else { return .configuration }
        let stack = try AWSStack(aws, log: log)
        let status = await run(settings, stack: stack, log: log)
        await stack.close()
        return status
    }

    private static func run(_ settings: Settings, stack: AWSStack, log: Log) async -> ExitStatus {
        let editor = Composition.editor(settings)
        let worker = Worker(
            // An abandoned poll would hide messages, so stopping waits for the poll: half of the time it has.
            settings: Composition.workerSettings(settings, pollWait: min(.seconds(20), settings.stopTimeout * 0.4)),
            ports: Composition.workerPorts(
                claims: stack.jobs,
                queue: stack.queue,
                images: stack.images,
                provider: Composition.provider(settings.provider, editor: editor),
                editor: editor
            ),
            log: log
        )
        let publisher = Composition.publisher(queue: stack.queue, outbox: stack.jobs, log: log)
        let relay = OutboxRelay(outbox: stack.jobs, publisher: publisher, log: log)
        log.info("started", ["concurrency": .integer(settings.jobs.concurrency)])
        let services = [
            Service("worker") { await worker.run(until: $0) },
            Service("relay") { await relay.run(until: $0) },
        ]
        return await Composition.run([services], settings: settings, log: log)
    }
}
