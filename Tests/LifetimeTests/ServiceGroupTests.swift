import Lifetime
import Synchronization
import Telemetry
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ServiceGroupTests {
    private final class Diary: Sendable {
        private let entries = Mutex<[String]>([])
        func write(_ entry: String) { entries.withLock { $0.append(entry) } }
        var read: [String] { entries.withLock { $0 } }
    }

    private struct Broken: Error {}

    private func group(_ stages: [[Service]], timeout: Duration = .seconds(30)) -> ServiceGroup {
        ServiceGroup(stages: stages, stopTimeout: timeout, log: .silent)
    }

    @Test func `stages stop from the last to the first, each after the one behind it returned`() async {
        let diary = Diary()
        let stop = StopSignal()
        func service(_ name: String) -> Service {
            Service(name) { signal in
                await signal.wait()
                await Task.yield()
                diary.write(name)
            }
        }
        let group = group([[service("first")], [service("second")], [service("third")]])
        async let outcome = group.run(until: stop)
        stop.trigger()
        #expect(await outcome == .stopped)
        #expect(diary.read == ["third", "second", "first"])
    }

    @Test func `a service that fails stops the others and is named`() async {
        let diary = Diary()
        let other = Service("other") { signal in
            await signal.wait()
            diary.write("other")
        }
        let broken = Service("broken") { _ in throw Broken() }
        #expect(await group([[other], [broken]]).run(until: StopSignal()) == .failed(service: "broken"))
        #expect(diary.read == ["other"])
    }

    @Test func `a service that ends by itself is a failure`() async {
        let short = Service("short") { _ in }
        #expect(await group([[short]]).run(until: StopSignal()) == .failed(service: "short"))
    }

    @Test func `what does not return in time is cancelled`() async {
        let stop = StopSignal()
        let stubborn = Service("stubborn") { _ in
            try await Task.sleep(for: .seconds(3_600))
        }
        stop.trigger()
        #expect(await group([[stubborn]], timeout: .milliseconds(10)).run(until: stop) == .stoppedLate)
    }
}
