import Dispatch

/// Runs an actor's jobs one after another on its own queue, so that blocking C calls stay off the shared pool.
///
/// Use it as the actor's executor:
/// `nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }`.
package final class BlockingExecutor: SerialExecutor, @unchecked Sendable {
    // @unchecked: `queue` never changes, and DispatchQueue is thread-safe.
    private let queue: DispatchQueue

    package init(label: String) { queue = DispatchQueue(label: label) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    package func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
