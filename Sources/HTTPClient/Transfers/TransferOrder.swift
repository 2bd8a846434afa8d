import HTTPMessages

/// What a waiting task hands to the driver's thread: one request and the continuation that takes its outcome.
struct TransferOrder: Sendable {
    let id: TransferID
    let request: CheckedRequest
    let limits: HTTPTransferLimits
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Transfer.Answer, Never>
}
