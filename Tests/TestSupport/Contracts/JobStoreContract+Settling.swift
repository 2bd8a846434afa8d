import ImageJobs
import Testing

extension JobStoreContract {
    static var settling: [Promise] {
        [
            Promise("a completed job has its images, in order and unchanged") { contract in
                let claim = try await contract.claimed()
                let images = (0..<10).map { SampleJobs.image(claim, index: $0) }
                #expect(try await contract.settle(claim, .completed(images)))
                let job = try await contract.found(claim.job)
                guard case .completed(let startedAt, let finishedAt, let stored) = job.state else {
                    Issue.record("state is \(job.state)")
                    return
                }
                #expect(stored == images)
                #expect(job.createdAt <= startedAt)
                #expect(startedAt <= finishedAt)
                #expect(job.attempt == 1)
                #expect(job.fence == claim.fence)
            },
            Promise("a failed job says why") { contract in
                for code in JobFailure.Code.allCases {
                    let failure = JobFailure(
                        code: code,
                        message: SampleJobs.failure.message,
                        retryable: code == .internal
                    )
                    let claim = try await contract.claimed()
                    #expect(try await contract.settle(claim, .failed(failure)))
                    guard
                        case .failed(let startedAt, let finishedAt, let stored) =
                            try await contract.found(claim.job).state
                    else {
                        Issue.record("not failed")
                        return
                    }
                    #expect(stored == failure)
                    #expect(try #require(startedAt) <= finishedAt)
                }
            },
            Promise("a retried job is due after its delay and the attempt counts") { contract in
                let claim = try await contract.claimed()
                #expect(try await contract.settle(claim, .retry(after: .seconds(60))))
                let waiting = try await contract.found(claim.job)
                #expect(waiting.state == .pending)
                #expect(waiting.attempt == 1)
                let early = try await contract.store.claim(
                    [claim.job],
                    for: contract.worker,
                    lease: .seconds(1)
                )
                let remaining = try #require(early.first?.remaining)
                #expect(remaining > .seconds(30))
                #expect(remaining <= .seconds(60))
                try await contract.elapse(.seconds(61))
                let next = try await contract.claim(claim.job)
                #expect(next.fence > claim.fence)
                #expect(try await contract.found(claim.job).attempt == 2)
            },
            Promise("a job handed back is due at once, at no cost, and the fence stays") { contract in
                let claim = try await contract.claimed()
                #expect(try await contract.settle(claim, .handedBack))
                let job = try await contract.found(claim.job)
                #expect(job.state == .pending)
                #expect(job.attempt == 0)
                #expect(job.fence == claim.fence)
                let next = try await contract.claim(claim.job)
                #expect(next.fence > claim.fence)
                #expect(try await contract.found(claim.job).attempt == 1)
            },
            Promise("settling nothing is no error") { contract async throws in
                #expect(try await contract.store.settle([]) == [])
            },
            Promise("a batch settles what is held and leaves the rest") { contract in
                let completed = try await contract.claimed()
                let failed = try await contract.claimed()
                let retried = try await contract.claimed()
                let back = try await contract.claimed()
                let lost = try await contract.claimed(lease: .zero)
                let winner = try await contract.claim(lost.job, for: contract.otherWorker)
                let unknown = Claim(job: SampleJobs.id(), fence: Fence(rawValue: 1))
                let images = [SampleJobs.image(completed), SampleJobs.image(completed, index: 1)]
                let settled = try await contract.store.settle([
                    Settlement(claim: lost, outcome: .completed([SampleJobs.image(lost)])),
                    Settlement(claim: back, outcome: .handedBack),
                    Settlement(claim: completed, outcome: .completed(images)),
                    Settlement(claim: unknown, outcome: .failed(SampleJobs.failure)),
                    Settlement(claim: retried, outcome: .retry(after: .milliseconds(1500))),
                    Settlement(claim: failed, outcome: .failed(SampleJobs.failure)),
                ])
                #expect(settled == [completed, failed, retried, back])
                #expect(try await contract.found(completed.job).state.images == images)
                #expect(try await contract.found(failed.job).state.status == .failed)
                #expect(try await contract.found(retried.job).state == .pending)
                #expect(try await contract.found(back.job).attempt == 0)
                #expect(try await contract.found(lost.job).fence == winner.fence)
                #expect(try await contract.found(lost.job).state.status == .processing)
                #expect(try await contract.store.find(unknown.job) == nil)
            },
            Promise("a hundred outcomes go in one call") { contract in
                let jobs = try await contract.inserted(100)
                let answers = try await contract.store.claim(
                    jobs.map(\.id),
                    for: contract.worker,
                    lease: .seconds(30)
                )
                let claims = answers.compactMap(\.claimedJob).map { Claim(job: $0.id, fence: $0.fence) }
                let settlements = claims.map { claim in
                    Settlement(claim: claim, outcome: .completed([SampleJobs.image(claim)]))
                }
                #expect(try await contract.store.settle(settlements) == Set(claims))
                for claim in claims {
                    #expect(try await contract.found(claim.job).state.images == [SampleJobs.image(claim)])
                }
            },
            Promise("of a settlement and a new claim at once, one wins and the other sees it") { contract in
                for _ in 0..<10 {
                    let claim = try await contract.claimed(lease: .zero)
                    async let answer = contract.store.claim(
                        [claim.job],
                        for: contract.otherWorker,
                        lease: .seconds(30)
                    )
                    async let settled = contract.settle(claim, .completed([SampleJobs.image(claim)]))
                    let (answers, held) = try await (answer, settled)
                    let job = try await contract.found(claim.job)
                    #expect(answers == [held ? .finished : .claimed(job)])
                    #expect(job.state.status == (held ? .completed : .processing))
                }
            },
        ]
    }

    static var terminality: [Promise] {
        [
            Promise("settling a terminal outcome again holds and changes nothing") { contract in
                for outcome in [.completed([]), AttemptOutcome.failed(SampleJobs.failure)] {
                    let claim = try await contract.claimed()
                    let outcome = outcome.withImages(of: claim)
                    #expect(try await contract.settle(claim, outcome))
                    let before = try await contract.found(claim.job)
                    try await contract.elapse(.zero)
                    #expect(try await contract.settle(claim, outcome))
                    #expect(try await contract.store.find(claim.job) == before)
                }
            },
            Promise("settling a retry or a hand-back again changes nothing") { contract in
                for outcome in [AttemptOutcome.retry(after: .seconds(60)), .handedBack] {
                    let claim = try await contract.claimed()
                    #expect(try await contract.settle(claim, outcome))
                    let before = try await contract.found(claim.job)
                    #expect(try await contract.settle(claim, .retry(after: .seconds(3600))) == false)
                    #expect(try await contract.settle(claim, .handedBack) == false)
                    #expect(try await contract.store.find(claim.job) == before)
                    try await contract.elapse(.seconds(61))
                    _ = try await contract.claim(claim.job)
                }
            },
            Promise("a terminal job never changes again") { contract in
                for first in [.completed([]), AttemptOutcome.failed(SampleJobs.failure)] {
                    let claim = try await contract.claimed(lease: .zero)
                    #expect(try await contract.settle(claim, first.withImages(of: claim)))
                    let before = try await contract.found(claim.job)
                    let others: [AttemptOutcome] = [.retry(after: .zero), .handedBack]
                    for other in others { #expect(try await contract.settle(claim, other) == false) }
                    let changed = JobFailure(code: .internal, message: "other", retryable: true)
                    _ = try await contract.settle(claim, .failed(changed))
                    _ = try await contract.settle(claim, .completed([SampleJobs.image(claim, index: 3)]))
                    #expect(try await contract.store.extend([claim], lease: .seconds(1)) == [])
                    let answers = try await contract.store.claim(
                        [claim.job],
                        for: contract.worker,
                        lease: .zero
                    )
                    #expect(answers == [.finished])
                    #expect(try await contract.store.find(claim.job) == before)
                }
            },
            Promise("a completed job cannot fail, nor a failed one complete") { contract in
                let pairs: [(AttemptOutcome, AttemptOutcome)] = [
                    (.completed([]), .failed(SampleJobs.failure)),
                    (.failed(SampleJobs.failure), .completed([])),
                ]
                for (first, second) in pairs {
                    let claim = try await contract.claimed()
                    #expect(try await contract.settle(claim, first.withImages(of: claim)))
                    #expect(try await contract.settle(claim, second.withImages(of: claim)) == false)
                }
            },
        ]
    }
}

extension JobState {
    fileprivate var images: [StoredImage] {
        if case .completed(_, _, let images) = self { images } else { [] }
    }
}

extension AttemptOutcome {
    /// A completed outcome with one image of this claim; any other as it is.
    fileprivate func withImages(of claim: Claim) -> AttemptOutcome {
        if case .completed = self { .completed([SampleJobs.image(claim)]) } else { self }
    }
}
