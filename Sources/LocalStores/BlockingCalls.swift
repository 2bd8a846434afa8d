internal import Dispatch
internal import Synchronization

/// Runs blocking calls on a few threads of its own, so that they stay off the shared pool.
///
/// What waits is bounded by the number of callers, each of which waits for its call.
final class BlockingCalls: Sendable {
    private let lanes: [DispatchQueue]
    private let next = Atomic<Int>(0)

    init(label: String, lanes: Int = 4) {
        self.lanes = (0..<lanes).map { DispatchQueue(label: "\(label).\($0)") }
    }

    /// Runs the body to its end, even when the caller is cancelled meanwhile.
    func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        let lane = lanes[Int(number.magnitude % UInt(lanes.count))]
        let result = await withCheckedContinuation { continuation in
            lane.async { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }
}
