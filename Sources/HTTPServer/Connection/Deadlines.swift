/// When a connection's patience ends; what never ends is in the distant future.
struct Deadlines {
    /// Of the phase: idle, head, lingering.
    var phase = ContinuousInstant.distantFuture
    /// Of lingering as a whole.
    var lingering = ContinuousInstant.distantFuture
    /// Of the wait for the next piece of the body.
    var body = ContinuousInstant.distantFuture
    /// Of the wait for the socket to take octets.
    var write = ContinuousInstant.distantFuture
    /// Of a client that has closed its side.
    var departure = ContinuousInstant.distantFuture
}
