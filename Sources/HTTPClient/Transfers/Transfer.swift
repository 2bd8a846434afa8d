import HTTPMessages

/// One transfer while it is the driver's: the request, what has arrived of the answer, and who waits for it.
///
/// Touched by the driver's thread alone, curl's callbacks included. The driver keeps it alive for as long as
/// curl may call back.
final class Transfer {
    typealias Answer = Result<HTTPResponse, HTTPTransportError>

    let id: TransferID
    let request: CheckedRequest
    let limits: HTTPTransferLimits
    let deadline: ContinuousClock.Instant
    private let addressPolicy: AddressPolicy
    private let continuation: CheckedContinuation<Answer, Never>
    private var machine = TransferMachine()
    private var head: ResponseHead
    private let headLimit: Int
    private var body: [UInt8] = []
    /// How much of the request's body curl has taken.
    private var bodyOffset = 0

    init(_ order: TransferOrder, settings: HTTPClientSettings) {
        id = order.id
        request = order.request
        limits = order.limits
        deadline = order.deadline
        continuation = order.continuation
        addressPolicy = settings.addressPolicy
        headLimit = settings.responseHeadBytes
        head = ResponseHead(limit: headLimit)
    }

    /// Whether it holds a place among the running.
    private(set) var isAdmitted = false

    /// Tells the machine what happened, and the caller the outcome when there is one.
    ///
    /// The driver does the rest of the action.
    func handle(_ event: TransferMachine.Event) -> TransferMachine.Action {
        let action = machine.handle(event)
        if action == .start { isAdmitted = true }
        switch action {
        case .deliver:
            let response = HTTPResponse(status: head.status, fields: head.fields, body: body)
            continuation.resume(returning: .success(response))
        case .fail(let error):
            continuation.resume(returning: .failure(error))
        case .none, .start, .proceed, .abort:
            break
        }
        return action
    }

    /// What is wrong with an answer that curl takes for complete; nil when it is.
    ///
    /// curl accepts a connection that ends in the middle of the head, and the last of several lengths.
    var faultOfAnswer: TransferFault? {
        guard head.isComplete else { return .connection(reason: "the answer ended within its head") }
        return head.hasSoundLength ? nil : .connection(reason: "the answer declared its length in two ways")
    }

    // MARK: - Called back by curl

    /// Whether curl may connect there.
    func mayConnect(to address: IPAddress?, port: UInt16) -> Bool {
        if addressPolicy == .any { return true }
        if let address, addressPolicy.allows(address, port: port) { return true }
        _ = handle(.addressRefused)
        return false
    }

    /// Whether curl may send the request now.
    func maySend() -> Bool { handle(.sending(isIdempotent: request.isIdempotent)) == .proceed }

    /// Takes a line of the head; false when the transfer must stop.
    func receive(headLine line: [UInt8]) -> Bool {
        if head.take(line: line) { return true }
        _ = handle(.tooLarge(limit: headLimit))
        return false
    }

    /// Takes a piece of the body; false when the transfer must stop.
    func receive(bodyPiece piece: UnsafeRawBufferPointer) -> Bool {
        guard piece.count <= limits.responseBytes - body.count else {
            _ = handle(.tooLarge(limit: limits.responseBytes))
            return false
        }
        if body.isEmpty {
            // A declared length is believed up to a point: nothing has arrived yet to back it.
            body.reserveCapacity(min(head.contentLength ?? 0, limits.responseBytes, Self.reservedBytes))
        }
        unsafe body.append(contentsOf: piece)
        return true
    }

    /// Gives curl the next piece of the request's body.
    func copyBody(to room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(room.count, request.body.count - bodyOffset)
        unsafe request.body.withUnsafeBytes { bytes in
            let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[bodyOffset..<(bodyOffset + count)])
            unsafe room.copyMemory(from: piece)
        }
        bodyOffset += count
        return count
    }

    /// Goes back to where curl must send from again; false for a place that is not in the body.
    func rewindBody(to offset: Int) -> Bool {
        guard (0...request.body.count).contains(offset) else { return false }
        bodyOffset = offset
        return true
    }

    private static let reservedBytes = 4 * 1024 * 1024
}
