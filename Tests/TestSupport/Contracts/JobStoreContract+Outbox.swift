import ImageJobs
import Testing

extension JobStoreContract {
    static var outbox: [Promise] { publishing + rescuing }

    private static var publishing: [Promise] {
        [
            Promise("a new job is unpublished until its message is confirmed") { contract in
                let ids = try await contract.inserted(3).map(\.id)
                #expect(try await Set(contract.unpublished()) == Set(ids))
                try await contract.store.markPublished([ids[0], ids[2]])
                #expect(try await contract.unpublished() == [ids[1]])
                try await contract.store.markPublished([ids[1]])
                #expect(try await contract.unpublished().isEmpty)
            },
            Promise("confirming nothing, unknown jobs, or again is no error") { contract in
                let id = try #require(try await contract.inserted().first).id
                try await contract.store.markPublished([])
                try await contract.store.markPublished([SampleJobs.id(), id, id])
                try await contract.store.markPublished([id])
                #expect(try await contract.unpublished().isEmpty)
                #expect(try await contract.found(id).state == .pending)
            },
            Promise("unpublished jobs are listed from the given age, oldest first, up to the limit") {
                contract in
                var ids: [JobID] = []
                for _ in 0..<3 {
                    ids.append(try #require(try await contract.inserted().first).id)
                    try await contract.elapse(.seconds(10))
                }
                #expect(try await contract.unpublished() == ids)
                #expect(try await contract.unpublished(olderThan: .seconds(15)) == Array(ids[0...1]))
                #expect(try await contract.unpublished(olderThan: .seconds(60)).isEmpty)
                #expect(try await contract.unpublished(limit: 2) == Array(ids[0...1]))
                #expect(try await contract.unpublished(limit: 0).isEmpty)
            },
            Promise("a hundred confirmations go in one call") { contract in
                let ids = try await contract.inserted(100).map(\.id)
                try await contract.store.markPublished(ids)
                #expect(try await contract.unpublished().isEmpty)
                #expect(try await contract.stranded().count == 100)
            },
            Promise("a finished job is never listed, published or not") { contract in
                for outcome in [AttemptOutcome.completed([]), .failed(SampleJobs.failure)] {
                    for isPublished in [true, false] {
                        let claim = try await contract.claimed()
                        if isPublished { try await contract.store.markPublished([claim.job]) }
                        #expect(try await contract.settle(claim, outcome))
                    }
                }
                try await contract.elapse(.seconds(3600))
                #expect(try await contract.unpublished().isEmpty)
                #expect(try await contract.stranded().isEmpty)
            },
        ]
    }

    private static var rescuing: [Promise] {
        [
            Promise("a published job nobody claims is stranded after the given silence") { contract in
                let id = try await contract.published()
                #expect(try await contract.stranded(silentFor: .seconds(30)).isEmpty)
                try await contract.elapse(.seconds(31))
                #expect(try await contract.stranded(silentFor: .seconds(30)) == [id])
                #expect(try await contract.unpublished().isEmpty)
            },
            Promise("publishing again starts the silence again") { contract in
                let id = try await contract.published()
                try await contract.elapse(.seconds(31))
                try await contract.store.markPublished([id])
                #expect(try await contract.stranded(silentFor: .seconds(30)).isEmpty)
                try await contract.elapse(.seconds(31))
                #expect(try await contract.stranded(silentFor: .seconds(30)) == [id])
            },
            Promise("an unpublished job is not stranded") { contract in
                _ = try await contract.inserted()
                try await contract.elapse(.seconds(60))
                #expect(try await contract.stranded().isEmpty)
            },
            Promise("a job somebody works on is not stranded") { contract in
                let id = try await contract.published()
                try await contract.elapse(.seconds(60))
                _ = try await contract.claim(id, lease: .seconds(30))
                #expect(try await contract.stranded().isEmpty)
            },
            Promise("a lease that ran out strands the job until it is published again") { contract in
                let id = try await contract.published()
                _ = try await contract.claim(id, lease: .seconds(30))
                try await contract.elapse(.seconds(31))
                #expect(try await contract.stranded(silentFor: .seconds(20)) == [id])
                try await contract.store.markPublished([id])
                #expect(try await contract.stranded(silentFor: .seconds(20)).isEmpty)
                try await contract.elapse(.seconds(21))
                #expect(try await contract.stranded(silentFor: .seconds(20)) == [id])
            },
            Promise("a retried job is not stranded before it has been due for the given silence") {
                contract in
                let id = try await contract.published()
                let claim = try await contract.claim(id)
                #expect(try await contract.settle(claim, .retry(after: .seconds(60))))
                try await contract.elapse(.seconds(59))
                #expect(try await contract.stranded(silentFor: .seconds(100)).isEmpty)
                try await contract.elapse(.seconds(6))
                #expect(try await contract.stranded(silentFor: .seconds(100)).isEmpty)
                try await contract.elapse(.seconds(96))
                #expect(try await contract.stranded(silentFor: .seconds(100)) == [id])
            },
            Promise("stranded jobs are listed oldest first, up to the limit") { contract in
                var ids: [JobID] = []
                for _ in 0..<4 {
                    ids.append(try await contract.published())
                    try await contract.elapse(.seconds(10))
                }
                #expect(try await contract.stranded() == ids)
                #expect(try await contract.stranded(limit: 2) == Array(ids[0...1]))
                #expect(try await contract.stranded(limit: 0).isEmpty)
            },
            Promise("a job whose worker died before its message was confirmed is not forgotten") { contract in
                let claim = try await contract.claimed(lease: .seconds(30))
                try await contract.elapse(.seconds(60))
                let listed = try await contract.unpublished() + contract.stranded()
                #expect(listed == [claim.job])
            },
        ]
    }

    private func published() async throws -> JobID {
        let id = try #require(try await inserted().first).id
        try await store.markPublished([id])
        return id
    }

    private func unpublished(olderThan age: Duration = .zero, limit: Int = 1000) async throws -> [JobID] {
        try await store.unpublished(olderThan: age, limit: limit)
    }

    private func stranded(silentFor age: Duration = .zero, limit: Int = 1000) async throws -> [JobID] {
        try await store.stranded(silentFor: age, limit: limit)
    }
}
