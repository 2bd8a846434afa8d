/// Accepts jobs: records them in groups and hands them to the publisher.
///
/// `submit` returns when the job is durable; whether its message was sent does not matter to the caller, because the
/// relay sends what was not confirmed.
package final class JobSubmission: Sendable {
    private let ids: JobIDSource
    private let publisher: JobPublisher
    private let inserts: Coalescer<NewJob, Job, JobStoreError>

    package init(ids: JobIDSource, store: any JobIntake, publisher: JobPublisher) {
        self.ids = ids
        self.publisher = publisher
        inserts = Coalescer(
            batchLimit: 100,
            refusal: .unavailable(reason: "too many submissions wait for the database")
        ) { jobs in
            await Self.insert(jobs, into: store)
        }
    }

    /// Records one job and returns it as recorded.
    package func submit(_ request: ImageRequest, owner: OwnerID) async throws(JobStoreError) -> Job {
        let job = try await inserts.submit(NewJob(id: ids.next(), owner: owner, request: request))
        publisher.publish(job.id)
        return job
    }

    /// Serves `submit` until `close` was called and every waiting submission is answered.
    package func run() async { await inserts.run() }

    /// Refuses new submissions.
    package func close() { inserts.close() }

    private static func insert(
        _ jobs: [NewJob],
        into store: any JobIntake
    ) async -> [Result<Job, JobStoreError>] {
        do {
            return try await store.insert(jobs).map { .success($0) }
        } catch .rejected where jobs.count > 1, .duplicate where jobs.count > 1 {
            // One of them is to blame; the others must not fail with it.
            var results: [Result<Job, JobStoreError>] = []
            for job in jobs { results += await insert([job], into: store) }
            return results
        } catch {
            return jobs.map { _ in .failure(error) }
        }
    }
}
