/// The hosts that may be asked for credentials without TLS: this machine, and the addresses ECS and EKS reserve.
///
/// Names other than `localhost` are refused rather than resolved, since what they resolve to may change before the
/// connection is made.
enum CredentialHosts {
    /// `host` as in a URL, with a port or without, IPv6 in brackets.
    static func mayBeAskedInClear(_ host: String) -> Bool {
        let host = host.lowercased()
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            let rest = host[host.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return false }
            return ["[::1]", "[fd00:ec2::23]"].contains(String(host[...end]))
        }
        let colon = host.firstIndex(of: ":") ?? host.endIndex
        guard colon == host.endIndex || isPort(host[colon...]) else { return false }
        let name = String(host[..<colon])
        return ["localhost", "169.254.170.2", "169.254.170.23"].contains(name) || isLoopback(name)
    }

    /// `127.x.y.z` in four decimal numbers; other spellings of an address are not followed.
    private static func isLoopback(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "127" else { return false }
        return parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && UInt16(text.dropFirst()) != nil
    }
}
