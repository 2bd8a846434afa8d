import Glibc
import Synchronization

/// Writes each record to a file descriptor, as one JSON object on one line.
///
/// - Lines never interleave and are at most 4,096 bytes, which a pipe takes whole (`PIPE_BUF`), so several processes
///   may share it.
/// - A reader that stalls holds the program up for at most 50 ms in all; after that, lines are dropped until it reads
///   again. The first line that is written then says in `dropped_lines` how many are missing.
/// - A reader that went away is no error. For this the process ignores SIGPIPE, as every network program must.
package final class JSONLinesSink: LogSink {
    /// How long the first line that finds the reader stalled waits for it, in milliseconds.
    private static let patience: Int32 = 50

    /// What is touched by one writer at a time.
    private struct State {
        var line = JSONLine()
        var timeText = TimeText()
        var dropped = 0
        /// The last line was written in part: the next one begins with a line end, so that it stands alone.
        var isMidLine = false
    }

    private let descriptor: Int32
    private let now: @Sendable () -> Duration
    private let state = Mutex(State())

    /// A sink on the standard output, with the machine's clock.
    package static func standardOutput() -> JSONLinesSink { JSONLinesSink(descriptor: STDOUT_FILENO) }

    /// A sink on a descriptor that stays open as long as the sink is used.
    ///
    /// `now` is the time since the beginning of 1970, UTC.
    package init(
        descriptor: Int32,
        now: @escaping @Sendable () -> Duration = JSONLinesSink.systemTime
    ) {
        self.descriptor = descriptor
        self.now = now
        signal(SIGPIPE, SIG_IGN)
    }

    /// The machine's clock, since the beginning of 1970, UTC.
    @Sendable
    package static func systemTime() -> Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    package func write(_ record: LogRecord) {
        state.withLock { state in
            if state.isMidLine { state.line.startAfterFragment() } else { state.line.start() }
            state.timeText.update(to: now())
            state.line.append(record, time: state.timeText, dropped: state.dropped)
            state.line.end()
            send(&state)
        }
    }

    /// Writes the line, in one piece wherever the descriptor takes it so.
    private func send(_ state: inout State) {
        var rest = state.line.bytes[...]
        while !rest.isEmpty, isWritable(afterDrops: state.dropped) {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR, errno != EAGAIN {
                // Nobody reads, the disk is full, …: there is nowhere left to say so, and the work goes on.
                break
            }
        }
        if rest.isEmpty {
            state.dropped = 0
            state.isMidLine = false
        } else {
            state.dropped += 1
            state.isMidLine = state.isMidLine || rest.count < state.line.bytes.count
        }
    }

    /// Whether a write would not block, waiting a moment if nothing was dropped lately.
    private func isWritable(afterDrops dropped: Int) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        var answer: Int32
        repeat {
            answer = unsafe Glibc.poll(&poll, 1, dropped == 0 ? Self.patience : 0)
        } while answer < 0 && errno == EINTR
        return answer > 0
    }
}
