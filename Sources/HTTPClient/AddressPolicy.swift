/// Where a client may connect to.
///
/// It is asked for each address after the name was resolved, just before the socket is opened, so that no
/// spelling of an address and no answer of a name server gets around it.
package enum AddressPolicy: Sendable, Equatable {
    /// Every address: for addresses that come from the operator's settings.
    case any
    /// Only addresses of the public internet, at these ports: for addresses that a client can choose.
    case publicAddresses(ports: Set<UInt16>)

    /// The public internet at the ports of `http` and `https`.
    package static let publicOnly = AddressPolicy.publicAddresses(ports: [80, 443])

    /// Whether a connection to this address and port may be opened.
    package func allows(_ address: IPAddress, port: UInt16) -> Bool {
        switch self {
        case .any: true
        case .publicAddresses(let ports): address.isPublic && ports.contains(port)
        }
    }
}
