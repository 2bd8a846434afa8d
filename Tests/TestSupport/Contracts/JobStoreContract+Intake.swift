import ImageJobs
import Testing

extension JobStoreContract {
    static var intake: [Promise] {
        [
            Promise("inserted jobs come back in order, pending, at attempt 0 and fence 0") { contract in
                let new = (0..<7).map { SampleJobs.job(owner: "owner \($0)") }.shuffled()
                let jobs = try await contract.store.insert(new)
                #expect(jobs.map(\.id) == new.map(\.id))
                #expect(jobs.map(\.owner) == new.map(\.owner))
                #expect(jobs.map(\.request) == new.map(\.request))
                for job in jobs {
                    #expect(job.state == .pending)
                    #expect(job.attempt == 0)
                    #expect(job.fence == Fence(rawValue: 0))
                }
            },
            Promise("an inserted job is found as insert returned it") { contract in
                for job in try await contract.inserted(3) {
                    #expect(try await contract.store.find(job.id) == job)
                }
            },
            Promise("the store's clock dates jobs, later ones later") { contract in
                let first = try #require(try await contract.inserted().first)
                try await contract.elapse(.seconds(1))
                let second = try #require(try await contract.inserted().first)
                let earlier = try await contract.found(first.id)
                #expect(earlier.createdAt.duration(to: second.createdAt) >= .seconds(1))
            },
            Promise("inserting nothing is no error") { contract async throws in
                #expect(try await contract.store.insert([]) == [])
            },
            Promise("a hundred jobs go in one call") { contract async throws in
                let new = (0..<100).map { _ in SampleJobs.job() }
                #expect(try await contract.store.insert(new).map(\.id) == new.map(\.id))
                for job in new { #expect(try await contract.store.find(job.id) != nil) }
            },
            Promise("an id that exists refuses the whole batch and keeps the old job") { contract in
                let old = try #require(try await contract.inserted().first)
                let fresh = [SampleJobs.job(), SampleJobs.job()]
                let again = SampleJobs.job(id: old.id, owner: "someone else")
                await #expect(throws: JobStoreError.duplicate) {
                    try await contract.store.insert([fresh[0], again, fresh[1]])
                }
                for job in fresh { #expect(try await contract.store.find(job.id) == nil) }
                #expect(try await contract.store.find(old.id) == old)
            },
            Promise("an id twice in one batch refuses the batch") { contract async throws in
                let job = SampleJobs.job()
                await #expect(throws: JobStoreError.duplicate) {
                    try await contract.store.insert([job, SampleJobs.job(), job])
                }
                #expect(try await contract.store.find(job.id) == nil)
            },
            Promise("concurrent inserts of one id record it once") { contract in
                let job = SampleJobs.job()
                let recorded = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            do {
                                _ = try await contract.store.insert([job])
                                return true
                            } catch JobStoreError.duplicate {
                                return false
                            }
                        }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(recorded == 1)
            },
        ]
    }

    static var reading: [Promise] {
        [
            Promise("an unknown id finds nothing") { contract in
                _ = try await contract.inserted()
                #expect(try await contract.store.find(SampleJobs.id()) == nil)
            },
            Promise("check returns while the store answers") { contract in
                try await contract.store.check()
            },
            Promise("ids of every bit pattern are kept") { contract in
                let ids = [
                    JobID(high: 0, low: 0), JobID(high: .max, low: .max),
                    JobID(high: 1 << 63, low: 1), JobID(high: 0x7F, low: 1 << 63),
                ]
                _ = try await contract.store.insert(ids.map { SampleJobs.job(id: $0) })
                for id in ids { #expect(try await contract.store.find(id)?.id == id) }
            },
            Promise("difficult text survives, byte for byte") { contract in
                let new = SampleJobs.difficultPrompts.map { prompt in
                    SampleJobs.job(owner: "o'\"\\ö$1", request: SampleJobs.richRequest(prompt))
                }
                _ = try await contract.store.insert(new)
                for job in new {
                    let found = try await contract.found(job.id)
                    #expect(found.owner == job.owner)
                    #expect(found.request == job.request)
                    // String equality would accept another normal form.
                    #expect(found.request.prompt.text.utf8.elementsEqual(job.request.prompt.text.utf8))
                }
            },
        ]
    }
}
