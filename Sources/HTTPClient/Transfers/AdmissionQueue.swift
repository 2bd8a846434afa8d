/// Decides which transfers run now and which wait, so that no origin takes all places.
///
/// First come, first served, but a transfer whose origin is full lets others pass.
struct AdmissionQueue {
    private let perOrigin: Int
    private let total: Int
    private let waitingLimit: Int
    private var running: [String: Int] = [:]
    private var runningTotal = 0
    private var lines: [String: [TransferID]] = [:]
    private var waitingTotal = 0

    enum Admission: Equatable {
        case now
        case waiting
        /// As many wait already as may.
        case full
    }

    init(perOrigin: Int, total: Int, waitingLimit: Int) {
        precondition(perOrigin > 0 && total > 0 && waitingLimit >= 0, "places are counted from one")
        self.perOrigin = perOrigin
        self.total = total
        self.waitingLimit = waitingLimit
    }

    /// A transfer asks for a place.
    mutating func enter(_ id: TransferID, origin: String) -> Admission {
        if lines[origin] == nil, hasPlace(for: origin) {
            occupy(origin)
            return .now
        }
        guard waitingTotal < waitingLimit else { return .full }
        lines[origin, default: []].append(id)
        waitingTotal += 1
        return .waiting
    }

    /// A running transfer gives its place back; the one that takes it is returned.
    mutating func leave(origin: String) -> TransferID? {
        let remaining = (running[origin] ?? 0) - 1
        precondition(remaining >= 0, "a place is given back once")
        running[origin] = remaining == 0 ? nil : remaining
        runningTotal -= 1
        return next()
    }

    /// A waiting transfer gives up.
    mutating func abandon(_ id: TransferID, origin: String) {
        guard let index = lines[origin]?.firstIndex(of: id) else { return }
        removeWaiting(at: index, of: origin)
    }

    private mutating func next() -> TransferID? {
        let heads = lines.filter { hasPlace(for: $0.key) }
            .compactMap { origin, line in
                line.first.map { (origin: origin, id: $0) }
            }
        guard let oldest = heads.min(by: { $0.id < $1.id }) else { return nil }
        removeWaiting(at: 0, of: oldest.origin)
        occupy(oldest.origin)
        return oldest.id
    }

    private func hasPlace(for origin: String) -> Bool {
        runningTotal < total && (running[origin] ?? 0) < perOrigin
    }

    private mutating func occupy(_ origin: String) {
        running[origin, default: 0] += 1
        runningTotal += 1
    }

    private mutating func removeWaiting(at index: Int, of origin: String) {
        lines[origin]?.remove(at: index)
        if lines[origin]?.isEmpty == true { lines[origin] = nil }
        waitingTotal -= 1
    }
}
