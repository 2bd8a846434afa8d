/// How long a body may keep its reader waiting: a fixed time, and more for every octet that came.
///
/// Time in which nobody asks for the body does not count, so a slow responder costs the client nothing.
struct BodyClock {
    private var received = 0
    private var waited = Duration.zero
    private var waitStart = ContinuousInstant.distantPast

    mutating func startWait(at now: ContinuousInstant, _ timeouts: HTTPServerTimeouts) -> ContinuousInstant {
        waitStart = now
        let earned = Duration.seconds(1) * received / max(1, timeouts.bodyBytesPerSecond)
        return now + (timeouts.body + earned - waited)
    }

    mutating func endWait(at now: ContinuousInstant) { waited += now - waitStart }

    mutating func count(_ octets: Int) { received += octets }
}
