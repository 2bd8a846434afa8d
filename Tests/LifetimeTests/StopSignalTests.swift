import Lifetime
import Testing

@Suite(.timeLimit(.minutes(5)))
struct StopSignalTests {
    @Test func `everyone who waits is told, and so is who asks later`() async {
        let signal = StopSignal()
        async let first: Void = signal.wait()
        async let second: Void = signal.wait()
        #expect(!signal.isStopping)
        signal.trigger()
        signal.trigger()
        await first
        await second
        await signal.wait()
        #expect(signal.isStopping)
    }

    @Test func `a cancelled waiter returns and harms no other`() async {
        let signal = StopSignal()
        let leaver = Task { await signal.wait() }
        async let other: Void = signal.wait()
        leaver.cancel()
        await leaver.value
        #expect(!signal.isStopping)
        signal.trigger()
        await other
    }

    @Test func `a sleep ends early, and says so, when the signal comes`() async {
        let signal = StopSignal()
        async let sleep = signal.sleep(for: .seconds(3_600))
        signal.trigger()
        #expect(await !sleep)
        #expect(await !signal.sleep(for: .zero))
    }

    @Test func `a sleep that was not disturbed says so`() async {
        #expect(await StopSignal().sleep(for: .milliseconds(1)))
    }
}
