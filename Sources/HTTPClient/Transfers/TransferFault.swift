/// What curl says went wrong, without knowing how far the request had come.
///
/// Reasons are curl's fixed texts; they name no host, URL or header.
enum TransferFault: Error, Equatable, Sendable {
    /// The request cannot be sent as it is.
    case request(reason: String)
    /// The handshake or the certificate was refused.
    case tls(reason: String)
    case timeUp
    /// Everything else: not resolved, refused, broken, garbled.
    case connection(reason: String)
}
