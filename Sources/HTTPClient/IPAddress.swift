/// An IPv4 or IPv6 address as a number.
package enum IPAddress: Sendable, Hashable {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// Whether the address belongs to the public internet.
    ///
    /// Special-purpose ranges of the IANA registries (RFC 6890) are not public. An IPv4 address inside an
    /// IPv6 address is judged as the IPv4 address it is.
    package var isPublic: Bool {
        switch self {
        case .v4(let number): !Self.reserved.contains { $0.contains(number) }
        case .v6(let high, let low): Self.isPublic(high: high, low: low)
        }
    }

    /// The address in four or sixteen bytes in network order; nil for any other count.
    package init?(networkBytes bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4:
            self = .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            self = .v6(
                high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
                low: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
            )
        default:
            return nil
        }
    }

    private static func isPublic(high: UInt64, low: UInt64) -> Bool {
        if let embedded = embeddedIPv4(high: high, low: low) { return IPAddress.v4(embedded).isPublic }
        return globalUnicast.contains(high) && !reservedUnicast.contains { $0.contains(high) }
    }

    /// The IPv4 address that a translator or the kernel would connect to instead.
    private static func embeddedIPv4(high: UInt64, low: UInt64) -> UInt32? {
        let upperHalf = low >> 32
        let isCompatible = high == 0 && upperHalf == 0  // ::/96
        let isMapped = high == 0 && upperHalf == 0xffff  // ::ffff:0:0/96
        let isTranslated = high == 0x0064_ff9b_0000_0000 && upperHalf == 0  // 64:ff9b::/96
        return isCompatible || isMapped || isTranslated ? UInt32(truncatingIfNeeded: low) : nil
    }

    private static let reserved: [Prefix<UInt32>] = [
        Prefix(0x0000_0000, 8),  // 0.0.0.0/8, this network
        Prefix(0x0a00_0000, 8),  // 10.0.0.0/8, private
        Prefix(0x6440_0000, 10),  // 100.64.0.0/10, carrier NAT
        Prefix(0x7f00_0000, 8),  // 127.0.0.0/8, loopback
        Prefix(0xa9fe_0000, 16),  // 169.254.0.0/16, link-local and instance metadata
        Prefix(0xac10_0000, 12),  // 172.16.0.0/12, private
        Prefix(0xc000_0000, 24),  // 192.0.0.0/24, protocol assignments
        Prefix(0xc000_0200, 24),  // 192.0.2.0/24, documentation
        Prefix(0xc058_6300, 24),  // 192.88.99.0/24, 6to4 relays
        Prefix(0xc0a8_0000, 16),  // 192.168.0.0/16, private
        Prefix(0xc612_0000, 15),  // 198.18.0.0/15, benchmarks
        Prefix(0xc633_6400, 24),  // 198.51.100.0/24, documentation
        Prefix(0xcb00_7100, 24),  // 203.0.113.0/24, documentation
        Prefix(0xe000_0000, 4),  // 224.0.0.0/4, multicast
        Prefix(0xf000_0000, 4),  // 240.0.0.0/4, reserved and broadcast
    ]

    /// 2000::/3, the only part of IPv6 handed out for public use.
    private static let globalUnicast = Prefix<UInt64>(0x2000_0000_0000_0000, 3)

    private static let reservedUnicast: [Prefix<UInt64>] = [
        Prefix(0x2001_0000_0000_0000, 23),  // 2001::/23, protocol assignments, Teredo
        Prefix(0x2001_0db8_0000_0000, 32),  // 2001:db8::/32, documentation
        Prefix(0x2002_0000_0000_0000, 16),  // 2002::/16, 6to4
        Prefix(0x3fff_0000_0000_0000, 20),  // 3fff::/20, documentation
    ]

    /// The leading bits that the addresses of a range have in common.
    private struct Prefix<Bits: FixedWidthInteger & Sendable>: Sendable {
        private let bits: Bits
        private let mask: Bits

        init(_ bits: Bits, _ length: Int) {
            self.bits = bits
            mask = ~0 << (Bits.bitWidth - length)
        }

        func contains(_ address: Bits) -> Bool { address & mask == bits }
    }
}
