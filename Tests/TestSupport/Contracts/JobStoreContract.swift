package import ImageJobs
import Testing

/// What every `JobStore` must do, whatever stands behind it.
///
/// An adapter's test runs all of it, each promise on an empty store of its own:
///
///     @Test(arguments: JobStoreContract<SomeJobStore>.promises)
///     func `the store keeps its`(_ promise: JobStoreContract<SomeJobStore>.Promise) async throws {
///         try await promise.check(JobStoreContract(store: store) { span in … })
///     }
package struct JobStoreContract<Store: JobStore>: Sendable {
    package let store: Store
    private let passTime: @Sendable (Duration) async throws -> Void

    /// A contract for an empty store.
    ///
    /// `elapse` makes the store's clock show that much later, or moves every moment in its rows that far into
    /// the past, which is the same: promises about leases and delays are checked without waiting for them.
    package init(store: Store, elapse: @escaping @Sendable (Duration) async throws -> Void) {
        self.store = store
        passTime = elapse
    }

    /// One thing a caller may rely on, with its check.
    package struct Promise: Sendable, CustomTestStringConvertible {
        package let testDescription: String
        package let check: @Sendable (JobStoreContract) async throws -> Void

        init(_ sentence: String, _ check: @escaping @Sendable (JobStoreContract) async throws -> Void) {
            testDescription = sentence
            self.check = check
        }
    }

    /// All of them.
    package static var promises: [Promise] {
        intake + reading + claiming + fencing + settling + terminality + outbox
    }

    // MARK: - What the promises are written with

    let worker = WorkerID(rawValue: "worker-1")
    let otherWorker = WorkerID(rawValue: "worker-2")

    func elapse(_ span: Duration) async throws { try await passTime(span) }

    /// Records `count` new jobs in one call.
    func inserted(_ count: Int = 1) async throws -> [Job] {
        try await store.insert((0..<count).map { _ in SampleJobs.job() })
    }

    /// Records one job and claims it.
    func claimed(lease: Duration = .seconds(30)) async throws -> Claim {
        let job = try #require(try await inserted().first)
        return try await claim(job.id, lease: lease)
    }

    /// Claims a job that must be free.
    func claim(_ id: JobID, for worker: WorkerID? = nil, lease: Duration = .seconds(30)) async throws -> Claim
    {
        let answers = try await store.claim([id], for: worker ?? self.worker, lease: lease)
        let job = try #require(answers.first?.claimedJob, "expected a claim, got \(answers)")
        return Claim(job: job.id, fence: job.fence)
    }

    /// Records how one attempt ended; says whether the claim still held.
    func settle(_ claim: Claim, _ outcome: AttemptOutcome) async throws -> Bool {
        let settled = try await store.settle([Settlement(claim: claim, outcome: outcome)])
        #expect(settled.isSubset(of: [claim]))
        return settled.contains(claim)
    }

    func found(_ id: JobID) async throws -> Job { try #require(try await store.find(id)) }
}

extension ClaimAnswer {
    var claimedJob: Job? { if case .claimed(let job) = self { job } else { nil } }
    var remaining: Duration? { if case .notYet(let span) = self { span } else { nil } }
}
