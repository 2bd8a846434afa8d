/// Where a server listens and what it grants its clients.
package struct HTTPServerSettings: Sendable {
    /// A numeric address or a name; `::` listens on IPv4, too.
    package var host: String
    /// The port; 0 takes any free one.
    package var port: Int
    /// Event loops, each with its thread: one up to one CPU, one per core above.
    package var threads: Int
    package var limits: HTTPServerLimits
    package var timeouts: HTTPServerTimeouts
    /// Names the requests that the server refuses by itself: characters that need no escaping in JSON.
    package var freshRequestID: @Sendable () -> String

    package init(
        host: String = "127.0.0.1",
        port: Int = 0,
        threads: Int = 1,
        limits: HTTPServerLimits = HTTPServerLimits(),
        timeouts: HTTPServerTimeouts = HTTPServerTimeouts(),
        freshRequestID: @escaping @Sendable () -> String = {
            String(UInt64.random(in: 0 ... .max), radix: 16)
        }
    ) {
        self.host = host
        self.port = port
        self.threads = threads
        self.limits = limits
        self.timeouts = timeouts
        self.freshRequestID = freshRequestID
    }
}

/// Bounds on what clients can make a server hold.
package struct HTTPServerLimits: Sendable {
    /// Octets of request line and header fields together; more is answered 431.
    package var headBytes: Int
    /// Header fields of one request; more is answered 431.
    package var fieldCount: Int
    /// Octets of the request target; more is answered 414.
    package var targetBytes: Int
    /// Open connections; at the limit no more are accepted, and newcomers wait in the kernel's backlog.
    package var connections: Int

    package init(
        headBytes: Int = 16 * 1024,
        fieldCount: Int = 100,
        targetBytes: Int = 8 * 1024,
        connections: Int = 10_000
    ) {
        self.headBytes = headBytes
        self.fieldCount = fieldCount
        self.targetBytes = targetBytes
        self.connections = connections
    }
}

/// How long a server waits for its clients.
package struct HTTPServerTimeouts: Sendable {
    /// From a request's first octet to the end of its head; then 408.
    package var header: Duration
    /// Time spent waiting for the body, before the share that `bodyBytesPerSecond` earns; then the reader of the
    /// body gets `timedOut`.
    package var body: Duration
    /// Octets of body that earn one more second, so that long uploads pass and one octet a second does not.
    package var bodyBytesPerSecond: Int
    /// Between two requests; above the 60 s of a load balancer, so that it never sends into a closing connection.
    package var idle: Duration
    /// Without the client taking a single octet of the answer.
    package var write: Duration
    /// How long a client that closed its side, as it does when it leaves, may still be waiting for the answer;
    /// then the responder's task is cancelled.
    package var departure: Duration
    /// Silence after which a connection that is being closed stops to drop what the client still sends.
    package var lingeringSilence: Duration
    /// The longest time it drops what the client still sends.
    package var lingering: Duration

    package init(
        header: Duration = .seconds(10),
        body: Duration = .seconds(10),
        bodyBytesPerSecond: Int = 16 * 1024,
        idle: Duration = .seconds(75),
        write: Duration = .seconds(30),
        departure: Duration = .seconds(1),
        lingeringSilence: Duration = .seconds(2),
        lingering: Duration = .seconds(30)
    ) {
        self.header = header
        self.body = body
        self.bodyBytesPerSecond = bodyBytesPerSecond
        self.idle = idle
        self.write = write
        self.departure = departure
        self.lingeringSilence = lingeringSilence
        self.lingering = lingering
    }

    /// How often deadlines are looked at: a quarter of the shortest, at most a second.
    var tick: Duration {
        let shortest =
            [header, body, idle, write, departure, lingeringSilence, lingering].min() ?? .seconds(4)
        return max(.milliseconds(5), min(.seconds(1), shortest / 4))
    }
}
