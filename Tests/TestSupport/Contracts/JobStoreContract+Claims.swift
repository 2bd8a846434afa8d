import ImageJobs
import Testing

extension JobStoreContract {
    static var claiming: [Promise] {
        [
            Promise("a claim starts the attempt and hands out the job as it then stands") { contract in
                let job = try #require(try await contract.inserted().first)
                let answers = try await contract.store.claim(
                    [job.id],
                    for: contract.worker,
                    lease: .seconds(5)
                )
                let claimed = try #require(answers.first?.claimedJob)
                #expect(answers.count == 1)
                #expect(claimed.attempt == 1)
                #expect(claimed.fence > job.fence)
                #expect(claimed.request == job.request)
                #expect(claimed.createdAt == job.createdAt)
                guard case .processing(let startedAt) = claimed.state else {
                    Issue.record("state is \(claimed.state)")
                    return
                }
                #expect(startedAt >= job.createdAt)
                #expect(try await contract.store.find(job.id) == claimed)
            },
            Promise("a held job is not yet free, for no longer than its lease") { contract in
                let claim = try await contract.claimed(lease: .seconds(30))
                for worker in [contract.worker, contract.otherWorker] {
                    let answers = try await contract.store.claim(
                        [claim.job],
                        for: worker,
                        lease: .seconds(90)
                    )
                    let remaining = try #require(answers.first?.remaining)
                    #expect(remaining > .zero)
                    #expect(remaining <= .seconds(30))
                }
                #expect(try await contract.found(claim.job).fence == claim.fence)
            },
            Promise("a lease that ran out lets another worker claim, with a larger fence") { contract in
                let first = try await contract.claimed(lease: .seconds(30))
                try await contract.elapse(.seconds(31))
                let answers = try await contract.store.claim(
                    [first.job],
                    for: contract.otherWorker,
                    lease: .seconds(30)
                )
                let job = try #require(answers.first?.claimedJob)
                #expect(job.fence > first.fence)
                #expect(job.attempt == 2)
            },
            Promise("a lease of nothing is over at once") { contract in
                let first = try await contract.claimed(lease: .zero)
                #expect(try await contract.claim(first.job).fence > first.fence)
            },
            Promise("answers come in the order asked, each with what was found") { contract in
                let free = try await contract.inserted(2)
                let held = try await contract.claimed()
                let done = try await contract.claimed()
                #expect(try await contract.settle(done, .failed(SampleJobs.failure)))
                let ids = [SampleJobs.id(), free[1].id, done.job, held.job, free[0].id]
                let answers = try await contract.store.claim(ids, for: contract.worker, lease: .seconds(9))
                try #require(answers.count == 5)
                #expect(answers[0] == .unknown)
                #expect(answers[1].claimedJob?.id == free[1].id)
                #expect(answers[2] == .finished)
                #expect(answers[3].remaining != nil)
                #expect(answers[4].claimedJob?.id == free[0].id)
            },
            Promise("an id asked for twice in one call is claimed once") { contract in
                let job = try #require(try await contract.inserted().first)
                let answers = try await contract.store.claim(
                    [job.id, job.id],
                    for: contract.worker,
                    lease: .seconds(9)
                )
                #expect(answers.count == 2)
                #expect(answers.filter { $0.claimedJob != nil }.count == 1)
                #expect(answers.filter { $0.remaining != nil }.count == 1)
                #expect(try await contract.found(job.id).attempt == 1)
            },
            Promise("claiming and extending nothing is no error") { contract async throws in
                #expect(try await contract.store.claim([], for: contract.worker, lease: .seconds(1)) == [])
                #expect(try await contract.store.extend([], lease: .seconds(1)) == [])
            },
            Promise("a hundred jobs are claimed in one call") { contract in
                let jobs = try await contract.inserted(100)
                let answers = try await contract.store.claim(
                    jobs.map(\.id),
                    for: contract.worker,
                    lease: .seconds(9)
                )
                #expect(answers.map { $0.claimedJob?.id } == jobs.map(\.id))
            },
            Promise("of many who claim at once, in any order, exactly one gets each job") { contract in
                let ids = try await contract.inserted(20).map(\.id)
                let claims = try await contract.claimEverything(ids, from: 8)
                #expect(Set(claims.map(\.job)) == Set(ids))
                #expect(claims.count == ids.count)
                for id in ids { #expect(try await contract.found(id).attempt == 1) }
            },
            Promise("of many who claim a job whose lease ran out, exactly one gets it") { contract in
                let first = try await contract.claimed(lease: .seconds(30))
                try await contract.elapse(.seconds(31))
                let claims = try await contract.claimEverything([first.job], from: 8)
                #expect(claims.count == 1)
                #expect(try await contract.found(first.job).attempt == 2)
            },
        ]
    }

    static var fencing: [Promise] {
        [
            Promise("each claim's fence is larger than all before, hand-backs included") { contract in
                let id = try #require(try await contract.inserted().first).id
                var last = Fence(rawValue: 0)
                for outcome: AttemptOutcome in [
                    .handedBack, .retry(after: .zero), .handedBack, .retry(after: .zero),
                ] {
                    let claim = try await contract.claim(id)
                    #expect(claim.fence > last)
                    last = claim.fence
                    #expect(try await contract.settle(claim, outcome))
                }
            },
            Promise("extending lets a lease run on from now") { contract in
                let claim = try await contract.claimed(lease: .seconds(30))
                try await contract.elapse(.seconds(20))
                #expect(try await contract.store.extend([claim], lease: .seconds(30)) == [claim])
                try await contract.elapse(.seconds(20))
                let answers = try await contract.store.claim(
                    [claim.job],
                    for: contract.otherWorker,
                    lease: .seconds(1)
                )
                #expect(try #require(answers.first?.remaining) <= .seconds(10))
            },
            Promise("extending says which claims are still held") { contract in
                let held = try await contract.claimed()
                let lost = try await contract.claimed(lease: .zero)
                let winner = try await contract.claim(lost.job, for: contract.otherWorker)
                let done = try await contract.claimed()
                #expect(try await contract.settle(done, .completed([SampleJobs.image(done)])))
                let back = try await contract.claimed()
                #expect(try await contract.settle(back, .handedBack))
                let unknown = Claim(job: SampleJobs.id(), fence: held.fence)
                let kept = try await contract.store.extend(
                    [held, lost, done, back, unknown],
                    lease: .seconds(30)
                )
                #expect(kept == [held])
                // The new holder's lease and the finished job are as they were.
                #expect(try await contract.found(lost.job).fence == winner.fence)
                #expect(try await contract.found(done.job).state.status == .completed)
                #expect(try await contract.found(back.job).state == .pending)
            },
            Promise("a lease that ran out unnoticed is still held until somebody else claims") { contract in
                let claims = [try await contract.claimed(), try await contract.claimed()]
                try await contract.elapse(.seconds(60))
                #expect(try await contract.store.extend([claims[0]], lease: .seconds(30)) == [claims[0]])
                let image = SampleJobs.image(claims[1])
                #expect(try await contract.settle(claims[1], .completed([image])))
            },
            Promise("a lost fence changes nothing, whatever it reports") { contract in
                let lost = try await contract.claimed(lease: .zero)
                _ = try await contract.claim(lost.job, for: contract.otherWorker)
                let before = try await contract.found(lost.job)
                let outcomes: [AttemptOutcome] = [
                    .completed([SampleJobs.image(lost)]), .failed(SampleJobs.failure),
                    .retry(after: .zero), .handedBack,
                ]
                for outcome in outcomes {
                    #expect(try await contract.settle(lost, outcome) == false)
                    #expect(try await contract.store.find(lost.job) == before)
                }
                let answers = try await contract.store.claim([lost.job], for: contract.worker, lease: .zero)
                #expect(answers.first?.remaining != nil)
            },
            Promise("a fence that was never given out changes nothing") { contract in
                let claim = try await contract.claimed()
                let before = try await contract.found(claim.job)
                let invented = Claim(job: claim.job, fence: Fence(rawValue: claim.fence.rawValue + 1))
                #expect(try await contract.settle(invented, .failed(SampleJobs.failure)) == false)
                #expect(try await contract.store.extend([invented], lease: .seconds(1)) == [])
                #expect(try await contract.store.find(claim.job) == before)
            },
        ]
    }

    /// All claims that `count` tasks get when each asks for all ids at the same time, half of them backwards.
    private func claimEverything(_ ids: [JobID], from count: Int) async throws -> [Claim] {
        try await withThrowingTaskGroup(of: [Claim].self) { group in
            for number in 0..<count {
                let order = number.isMultiple(of: 2) ? ids : ids.reversed()
                group.addTask {
                    let worker = WorkerID(rawValue: "worker-\(number)")
                    let answers = try await store.claim(order, for: worker, lease: .seconds(30))
                    return answers.compactMap(\.claimedJob).map { Claim(job: $0.id, fence: $0.fence) }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
