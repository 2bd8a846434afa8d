import Testing

@testable import AWSClient

struct CredentialStateTests {
    private let now = AWSTime(seconds: 1_000_000)

    @Test func `without credentials one refresh begins and everyone waits`() {
        var state = CredentialState()
        #expect(state.wanted(at: now) == .waitAndRefresh)
        state.beginRefresh()
        #expect(state.wanted(at: now) == .wait)
    }

    @Test(arguments: [
        (3_600, "use"), (900, "use"), (899, "advisory"), (600, "advisory"), (599, "mandatory"),
        (1, "mandatory"),
        (0, "mandatory"), (-5, "mandatory"),
    ])
    func `what is left decides`(left: Int, expected: String) {
        let held = AWSCredentials.test("A", expiration: now + left)
        let state = holding(held, since: now + (left - 3_600))
        switch state.wanted(at: now) {
        case .use(let used): #expect(expected == "use" && used == held)
        case .useAndRefresh(let used): #expect(expected == "advisory" && used == held)
        case .waitAndRefresh: #expect(expected == "mandatory")
        case .wait: Issue.record("no refresh is under way")
        }
    }

    @Test func `credentials without an end are never renewed by themselves`() {
        #expect(holding(.test("A"), since: now).wanted(at: now + 1_000_000_000) == .use(.test("A")))
    }

    @Test func `while an advisory refresh runs the held ones are used`() {
        let held = AWSCredentials.test("A", expiration: now + 800)
        var state = holding(held, since: now + -2_800)
        state.beginRefresh()
        #expect(state.wanted(at: now) == .use(held))
        #expect(state.wanted(at: now + 201) == .wait)
    }

    @Test func `a failed refresh leaves good credentials in use and is tried again after a pause`() {
        let held = AWSCredentials.test("A", expiration: now + 500)
        var state = holding(held, since: now + -3_100)
        state.beginRefresh()
        #expect(state.refreshed(.failure(.expired), at: now) == .success(held))
        #expect(state.wanted(at: now) == .use(held))
        #expect(state.wanted(at: now + CredentialState.pauseSeconds) == .waitAndRefresh)
    }

    @Test func `a failed refresh is everyone's error once the held ones are over`() {
        var state = holding(.test("A", expiration: now), since: now + -3_600)
        state.beginRefresh()
        let error = AWSCredentialsError.failed(source: "s", reason: "r")
        #expect(state.refreshed(.failure(error), at: now) == .failure(error))
        #expect(state.wanted(at: now) == .waitAndRefresh)
    }

    @Test func `a refresh that gives expired credentials is an error`() {
        var state = CredentialState()
        state.beginRefresh()
        #expect(state.refreshed(.success(.test("A", expiration: now)), at: now) == .failure(.expired))
        #expect(state.wanted(at: now) == .waitAndRefresh)
    }

    @Test func `the same credentials handed out again are not asked for at once`() {
        let held = AWSCredentials.test("A", expiration: now + 300)
        var state = holding(held, since: now + -3_300)
        state.beginRefresh()
        #expect(state.refreshed(.success(held), at: now) == .success(held))
        #expect(state.wanted(at: now + 1) == .use(held))
    }

    @Test func `refused credentials are replaced once, however many were refused`() {
        let old = AWSCredentials.test("OLD", expiration: now + 3_600)
        let new = AWSCredentials.test("NEW", expiration: now + 3_600)
        var state = holding(old, since: now)
        #expect(state.refused(old, at: now) == .waitAndRefresh)
        state.beginRefresh()
        #expect(state.refused(old, at: now) == .wait)
        #expect(state.refreshed(.success(new), at: now) == .success(new))
        #expect(state.refused(old, at: now) == .use(new))
    }

    @Test func `credentials refused in vain are not asked for again at once`() {
        let held = AWSCredentials.test("A")
        var state = holding(held, since: now)
        #expect(state.refused(held, at: now) == .waitAndRefresh)
        state.beginRefresh()
        #expect(state.refreshed(.success(held), at: now) == .success(held))
        #expect(state.refused(held, at: now) == .use(held))
        #expect(state.refused(held, at: now + CredentialState.pauseSeconds) == .waitAndRefresh)
    }

    private func holding(_ credentials: AWSCredentials, since time: AWSTime) -> CredentialState {
        var state = CredentialState()
        state.beginRefresh()
        #expect(state.refreshed(.success(credentials), at: time) == .success(credentials))
        return state
    }
}
