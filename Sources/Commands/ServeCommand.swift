import API
import Configuration
import ImageJobs
import Lifetime
import Telemetry
import Worker

/// `image-api serve`: the API, with jobs in Postgres and messages to SQS.
enum ServeCommand {
    static func run(_ settings: Settings) async throws -> ExitStatus {
        let log = Composition.log(settings, role: "api")
        guard let aws = settings.aws else { return .configuration }
        let stack = try AWSStack(aws, log: log)
        do {
            let status = try await run(settings, stack: stack, log: log)
            await stack.close()
            return status
        } catch {
            await stack.close()
            throw error
        }
    }

    private static func run(_ settings: Settings, stack: AWSStack, log: Log) async throws -> ExitStatus {
        let provider = Composition.provider(settings.provider, editor: Composition.editor(settings))
        guard let catalogue = ModelCatalogue(models: provider.models) else { return .configuration }
        let publisher = Composition.publisher(queue: stack.queue, outbox: stack.jobs, log: log)
        let submission = JobSubmission(ids: Composition.jobIDs, store: stack.jobs, publisher: publisher)
        let readiness = Readiness(checks: [
            // Not the queue: while it is away jobs are accepted and sent later.
            Readiness.Check("database") { await succeeds { try await stack.jobs.check() } }
        ])
        let dependencies = APIDependencies(
            submission: submission,
            reader: stack.jobs,
            catalogue: catalogue,
            readiness: readiness,
            freshRequestID: { Composition.jobIDs.next().description }
        )
        let responder = APIResponder(dependencies, settings: Composition.apiSettings(settings.http), log: log)
        let server = try Composition.server(settings.http, responder: responder, log: log)
        let relay = OutboxRelay(outbox: stack.jobs, publisher: publisher, log: log)
        log.info("started", ["port": .integer(server.port)])
        let stages =
            Composition.intake(submission, publisher) + [
                [
                    Composition.serving(server, readiness: readiness, drainDelay: settings.http.drainDelay),
                    Service("relay") { await relay.run(until: $0) },
                ]
            ]
        return await Composition.run(stages, settings: settings, log: log)
    }
}
