import API
import Configuration
import HTTPServer
import ImageJobs
import Lifetime
import LocalStores
import Telemetry
import Worker

/// `image-api local`: everything in one process, on SQLite and a folder.
enum LocalCommand {
    static func run(_ settings: Settings) async throws -> ExitStatus {
        let log = Composition.log(settings, role: "local")
        let folder = try await DataFolder.open(
            at: settings.dataDirectory,
            imageBaseURL: settings.http.publicURL
        )
        let status = try await run(settings, folder: folder, log: log)
        try await folder.close()
        return status
    }

    private static func run(_ settings: Settings, folder: DataFolder, log: Log) async throws -> ExitStatus {
        let editor = Composition.editor(settings)
        let provider = Composition.provider(settings.provider, editor: editor)
        let publisher = Composition.publisher(queue: folder.queue, outbox: folder.jobs, log: log)
        let submission = JobSubmission(ids: Composition.jobIDs, store: folder.jobs, publisher: publisher)
        guard let catalogue = ModelCatalogue(models: provider.models) else { return .configuration }
        let readiness = Readiness(checks: [
            Readiness.Check("database") { await succeeds { try await folder.jobs.check() } },
            Readiness.Check("images") { await succeeds { try await folder.images.check() } },
        ])
        let dependencies = APIDependencies(
            submission: submission,
            reader: folder.jobs,
            catalogue: catalogue,
            readiness: readiness,
            freshRequestID: { Composition.jobIDs.next().description },
            localImages: ImageFiles(store: folder.images)
        )
        let responder = APIResponder(dependencies, settings: Composition.apiSettings(settings.http), log: log)
        let server = try Composition.server(settings.http, responder: responder, log: log)
        let worker = Worker(
            // The queue is in this process: a poll costs nothing, and a short one lets stopping be quick.
            settings: Composition.workerSettings(settings, pollWait: .seconds(1)),
            ports: Composition.workerPorts(
                claims: folder.jobs,
                queue: folder.queue,
                images: folder.images,
                provider: provider,
                editor: editor
            ),
            log: log
        )
        let relay = OutboxRelay(outbox: folder.jobs, publisher: publisher, log: log)
        greet(settings, port: server.port)
        log.info("started", ["port": .integer(server.port)])
        let stages =
            Composition.intake(submission, publisher) + [
                [
                    Composition.serving(server, readiness: readiness, drainDelay: settings.http.drainDelay),
                    Service("worker") { await worker.run(until: $0) },
                    Service("relay") { await relay.run(until: $0) },
                ]
            ]
        return await Composition.run(stages, settings: settings, log: log)
    }

    /// The lines a newcomer pastes into another shell.
    private static func greet(_ settings: Settings, port: Int) {
        let url = settings.http.publicURL
        let key =
            settings.http.keys.contains { $0.key.revealed == "local-dev-key" } ? "local-dev-key" : "YOUR-KEY"
        // Standard output is the log's, one JSON object a line.
        Console.complain(
            """

            Image API listens on \(url) and keeps everything in \(settings.dataDirectory).
            Paste this into another shell:

              curl -X POST \(url)/v1/generate \\
                -H "Authorization: Bearer \(key)" \\
                -H "Content-Type: application/json" \\
                -d '{"prompt": "A red cat playing guitar"}'

              curl \(url)/v1/result/<jobId>

            """
        )
    }
}

/// The folder's images, for the API to serve.
private struct ImageFiles: LocalImages {
    let store: FolderImageStore

    func file(for key: ImageKey) async -> (path: String, byteCount: Int)? {
        do {
            return try await store.file(for: key).map { ($0.path, $0.byteCount) }
        } catch {
            // Who asks for an image that cannot be read is told that there is none.
            return nil
        }
    }
}
