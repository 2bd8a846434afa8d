package import HTTPMessages
package import ImageJobs
package import Telemetry

/// Answers every request: finds the route, runs it, turns errors into problem documents, logs one line.
package struct APIResponder: Responder {
    private let router: Router
    private let log: Log
    private let freshID: @Sendable () -> String
    private let cors: CrossOrigin

    package init(_ dependencies: APIDependencies, settings: APISettings, log: Log) {
        router = Router(dependencies, settings: settings)
        cors = CrossOrigin(allowed: settings.allowedOrigins)
        self.log = log
        freshID = dependencies.freshRequestID
    }

    package func respond(to request: IncomingRequest) async -> OutgoingResponse {
        let start = ContinuousClock.now
        let requestID = RequestID.of(request.fields, fresh: freshID)
        let match = router.match(request)
        var response: OutgoingResponse
        var cause: String?
        do {
            response = try await router.run(match, request)
        } catch let failure as RouteFailure {
            cause = failure.cause
            response = failure.problem.response(path: request.path, requestID: requestID)
        } catch {
            cause = "\(type(of: error))"
            response = Problem.internal.response(path: request.path, requestID: requestID)
        }
        response.fields.set("x-request-id", requestID)
        response.fields.set("x-content-type-options", "nosniff")
        cors.decorate(&response, for: request)
        report(request, match, response.status, cause, requestID, ContinuousClock.now - start)
        return response
    }

    /// The one line about a request.
    ///
    /// Never its query, headers or body.
    private func report(
        _ request: IncomingRequest,
        _ match: Router.Match,
        _ status: Int,
        _ cause: String?,
        _ requestID: String,
        _ duration: Duration
    ) {
        let log = log.with([
            "method": .text(match.isKnownMethod ? request.method.rawValue : "OTHER"),
            "route": .text(match.name),
            "status": .integer(status),
            "duration_ms": .milliseconds(duration),
            "request_id": .text(requestID),
        ])
        switch (status, cause) {
        // The client left, or time to stop is up: nothing failed, and nobody reads the answer.
        case (500..., _) where Task.isCancelled: log.info("request abandoned")
        case (500..., let cause?): log.error("request failed", ["cause": .text(cause)])
        case (503, nil): log.warning("request refused")
        case (500..., nil): log.error("request failed")
        default: log.info("request")
        }
    }
}

/// What the routes need from the world.
package struct APIDependencies: Sendable {
    package var submission: JobSubmission
    package var reader: any JobReader
    package var catalogue: ModelCatalogue
    package var readiness: Readiness
    package var freshRequestID: @Sendable () -> String
    /// Only where images are files of this machine: what CloudFront does in production.
    package var localImages: (any LocalImages)?

    package init(
        submission: JobSubmission,
        reader: any JobReader,
        catalogue: ModelCatalogue,
        readiness: Readiness,
        freshRequestID: @escaping @Sendable () -> String,
        localImages: (any LocalImages)? = nil
    ) {
        self.submission = submission
        self.reader = reader
        self.catalogue = catalogue
        self.readiness = readiness
        self.freshRequestID = freshRequestID
        self.localImages = localImages
    }
}

/// Finds image files to serve.
package protocol LocalImages: Sendable {
    /// Where the image's file is and how long it is; nil when there is none.
    func file(for key: ImageKey) async -> (path: String, byteCount: Int)?
}

/// How the API behaves.
package struct APISettings: Sendable {
    /// Who may read a result.
    package enum ResultAccess: String, Sendable, CaseIterable {
        /// Whoever knows the id.
        case id
        /// Only its owner's key.
        case key
    }

    package var keys: APIKeys
    package var resultAccess: ResultAccess
    /// Bytes of a JSON body.
    package var bodyLimit: Int
    /// Origins that browsers may call from; `*` allows all.
    package var allowedOrigins: [String]

    package init(
        keys: APIKeys,
        resultAccess: ResultAccess = .id,
        bodyLimit: Int = 1024 * 1024,
        allowedOrigins: [String] = []
    ) {
        self.keys = keys
        self.resultAccess = resultAccess
        self.bodyLimit = bodyLimit
        self.allowedOrigins = allowedOrigins
    }
}
