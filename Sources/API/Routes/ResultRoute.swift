import HTTPMessages
import ImageJobs

/// `GET /v1/result/{jobId}`: where a job stands.
struct ResultRoute: Sendable {
    let authenticator: Authenticator
    let reader: any JobReader
    let access: APISettings.ResultAccess

    func respond(to request: IncomingRequest, id text: String) async throws(RouteFailure) -> OutgoingResponse
    {
        let owner: OwnerID?
        do {
            owner =
                access == .key
                ? try authenticator.require(request.fields) : try authenticator.identify(request.fields)
        } catch {
            throw RouteFailure(error)
        }
        // What cannot be an id is no job, like an id that nobody has.
        guard let id = JobID(text), let job = try await find(id) else { throw RouteFailure(.jobNotFound) }
        let isOwner = owner == job.owner
        guard isOwner || access == .id else { throw RouteFailure(.jobNotFound) }
        var response = JSON.response(status: 200, JobDocument(job, for: isOwner ? .owner : .capability))
        response.fields.append("cache-control", "no-cache, private")
        response.fields.append("vary", "Authorization, X-API-Key")
        return response
    }

    private func find(_ id: JobID) async throws(RouteFailure) -> Job? {
        do {
            return try await reader.find(id)
        } catch .rejected(let reason) {
            throw RouteFailure(.internal, cause: reason)
        } catch {
            throw RouteFailure(
                .unavailable("The job could not be read. Ask again."),
                cause: error.description
            )
        }
    }
}
