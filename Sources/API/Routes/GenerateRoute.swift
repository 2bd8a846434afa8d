import HTTPMessages
import ImageJobs

/// Accepts one job at the generate address.
///
/// Status 202 means that it is recorded.
struct GenerateRoute: Sendable {
    let authenticator: Authenticator
    let submission: JobSubmission
    let catalogue: ModelCatalogue
    let bodyLimit: Int

    func respond(to request: IncomingRequest) async throws(RouteFailure) -> OutgoingResponse {
        let (owner, image) = try await check(request)
        let job: Job
        do {
            job = try await submission.submit(image, owner: owner)
        } catch .rejected(let reason) {
            throw RouteFailure(.internal, cause: reason)
        } catch .duplicate {
            throw RouteFailure(.internal, cause: "a new job id existed already")
        } catch {
            throw RouteFailure(
                .unavailable("The job could not be recorded. Send it again."),
                cause: error.description
            )
        }
        var response = JSON.response(status: 202, AcceptedDocument(job))
        response.fields.append("location", JobDocument.statusURL(job.id))
        response.fields.append("retry-after", "2")
        response.fields.append("cache-control", "no-store")
        return response
    }

    private func check(_ request: IncomingRequest) async throws(RouteFailure) -> (OwnerID, ImageRequest) {
        do throws(Problem) {
            let owner = try authenticator.require(request.fields)
            try RequestBody.checkHeaders(request.fields)
            if request.fields["idempotency-key"] != nil {
                // To accept the key and not honour it would let a client pay twice.
                throw Problem(
                    status: 400,
                    code: "idempotency_not_supported",
                    detail: "Idempotency-Key is not supported by this version; send the request without it."
                )
            }
            let bytes = try await RequestBody.collect(request.body, upTo: bodyLimit)
            let body = try await JSON.decodeAside(GenerateBody.self, from: bytes)
            return (owner, try body.imageRequest(catalogue))
        } catch {
            throw RouteFailure(error)
        }
    }
}
