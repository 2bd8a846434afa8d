import Synchronization

/// How far each host's clock is from ours, learnt from requests it refused.
///
/// A machine with a wrong clock signs requests that are refused as too old or too new; the answer's `Date` tells by
/// how much, and later requests to that host are signed with its time.
final class ClockSkew: Sendable {
    /// Seconds that AWS tolerates nearly everywhere: a smaller difference is not the cause of a refusal.
    private static let tolerated = 300
    /// Seconds that a difference must change by to count as another one rather than as travel time.
    private static let noticeable = 60

    private let offsets = Mutex<[String: Int]>([:])

    /// Seconds to add to our time when signing for the host.
    func offset(for url: String) -> Int {
        offsets.withLock { offsets in
            // Nearly always empty: then the URL need not be looked at.
            offsets.isEmpty ? 0 : offsets[Self.host(of: url)] ?? 0
        }
    }

    /// Learns from a refusal; true when the next attempt will be signed with a noticeably different time.
    func learn(from url: String, serverTime: AWSTime, ourTime: AWSTime) -> Bool {
        let host = Self.host(of: url)
        let difference = serverTime - ourTime
        let offset = abs(difference) > Self.tolerated ? difference : 0
        return offsets.withLock { offsets in
            guard abs(offset - (offsets[host] ?? 0)) > Self.noticeable else { return false }
            offsets[host] = offset == 0 ? nil : offset
            return true
        }
    }

    private static func host(of url: String) -> String {
        let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        return parts.count > 1 ? String(parts[1].prefix { $0 != "?" }) : url
    }
}
