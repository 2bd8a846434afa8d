import HTTPMessages
import ImageJobs

/// Why a route gave no answer of its own: the client's problem, and for the log its cause.
struct RouteFailure: Error {
    let problem: Problem
    let cause: String?

    init(_ problem: Problem, cause: String? = nil) {
        self.problem = problem
        self.cause = cause
    }
}

/// Knows which path and method mean what.
struct Router: Sendable {
    /// A place of the API.
    ///
    /// Parameters are checked by the route, not here.
    enum Route: Sendable {
        case generate
        case result(String)
        case live
        case ready
        case health
        case localImage(String)
    }

    /// What a request asks for.
    enum Match: Sendable {
        case route(Route, method: HTTPMethod)
        case options(allow: String)
        case wrongMethod(allow: String, route: Route, isKnownMethod: Bool)
        case nothing
    }

    private let generate: GenerateRoute
    private let result: ResultRoute
    private let health: HealthRoutes
    private let images: LocalImageRoute?

    init(_ dependencies: APIDependencies, settings: APISettings) {
        let authenticator = Authenticator(keys: settings.keys)
        generate = GenerateRoute(
            authenticator: authenticator,
            submission: dependencies.submission,
            catalogue: dependencies.catalogue,
            bodyLimit: settings.bodyLimit
        )
        result = ResultRoute(
            authenticator: authenticator,
            reader: dependencies.reader,
            access: settings.resultAccess
        )
        health = HealthRoutes(readiness: dependencies.readiness)
        images = dependencies.localImages.map { LocalImageRoute(images: $0) }
    }

    func match(_ request: IncomingRequest) -> Match {
        guard let route = Self.route(request.path) else { return .nothing }
        if case .localImage = route, images == nil { return .nothing }
        let allowed = route.methods
        if allowed.contains(request.method) {
            // HEAD is answered like GET; the server leaves the body out.
            return .route(route, method: request.method == .head ? .get : request.method)
        }
        let allow = (allowed + [.options]).map(\.rawValue).joined(separator: ", ")
        if request.method == .options { return .options(allow: allow) }
        return .wrongMethod(allow: allow, route: route, isKnownMethod: Match.known.contains(request.method))
    }

    func run(_ match: Match, _ request: IncomingRequest) async throws -> OutgoingResponse {
        switch match {
        case .nothing: throw RouteFailure(.notFound)
        case .options(let allow):
            return OutgoingResponse(status: 204, fields: HTTPFields(["Allow": allow]))
        case .wrongMethod(let allow, _, _):
            throw RouteFailure(
                Problem(
                    status: 405,
                    code: "method_not_allowed",
                    detail: "Allowed here: \(allow).",
                    fields: HTTPFields(["Allow": allow])
                )
            )
        case .route(let route, _):
            switch route {
            case .generate: return try await generate.respond(to: request)
            case .result(let id): return try await result.respond(to: request, id: id)
            case .live: return health.live()
            case .ready: return await health.ready()
            case .health: return health.health()
            case .localImage(let path):
                guard let images else { throw RouteFailure(.notFound) }
                return try await images.respond(to: request, path: path)
            }
        }
    }

    private static func route(_ path: String) -> Route? {
        switch path {
        case "/v1/generate": return .generate
        case "/livez": return .live
        case "/readyz": return .ready
        case "/health", "/health/": return .health
        default:
            if path.hasPrefix("/v1/result/") {
                let id = path.dropFirst("/v1/result/".count)
                return id.contains("/") ? nil : .result(String(id))
            }
            return path.hasPrefix("/images/") ? .localImage(String(path.dropFirst())) : nil
        }
    }
}

extension Router.Route {
    var methods: [HTTPMethod] {
        switch self {
        case .generate: [.post]
        case .result, .live, .ready, .health, .localImage: [.get, .head]
        }
    }

    /// The path with its parameters' names, for logs and metrics.
    var name: String {
        switch self {
        case .generate: "/v1/generate"
        case .result: "/v1/result/{jobId}"
        case .live: "/livez"
        case .ready: "/readyz"
        case .health: "/health/"
        case .localImage: "/images/{key}"
        }
    }
}

extension Router.Match {
    static let known: Set<HTTPMethod> = [
        .get, .head, .post, .put, .delete, .options, HTTPMethod(rawValue: "PATCH"),
        HTTPMethod(rawValue: "TRACE"), HTTPMethod(rawValue: "CONNECT"),
    ]

    /// The route's name for logs: bounded in number whatever clients send.
    var name: String {
        switch self {
        case .route(let route, _), .wrongMethod(_, let route, _): route.name
        case .options: "OPTIONS"
        case .nothing: "none"
        }
    }

    var isKnownMethod: Bool {
        switch self {
        case .route, .options: true
        case .wrongMethod(_, _, let isKnown): isKnown
        case .nothing: false
        }
    }
}
