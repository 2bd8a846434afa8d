/// Why no credentials could be had.
///
/// Descriptions name sources, variables, files and statuses, never a value, and are safe to log.
package enum AWSCredentialsError: Error, Sendable, Equatable, CustomStringConvertible {
    case cancelled
    /// No source is configured.
    case notConfigured(tried: [String])
    /// A source is configured in a way this program cannot follow.
    case unusable(source: String, reason: String)
    /// A source did not answer, or not with credentials.
    case failed(source: String, reason: String)
    /// A source answered with credentials that are over already.
    case expired

    package var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .notConfigured(let tried): "none of \(tried.joined(separator: ", ")) is configured"
        case .unusable(let source, let reason): "\(source): \(reason)"
        case .failed(let source, let reason): "\(source): \(reason)"
        case .expired: "the source handed out credentials that have expired"
        }
    }
}
