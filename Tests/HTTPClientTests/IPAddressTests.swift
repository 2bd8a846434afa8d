import Glibc
import HTTPClient
import Testing

@Suite struct `Judging addresses` {
    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "0.255.255.255", "10.0.0.0", "10.1.2.3", "10.255.255.255",
        "100.64.0.0", "100.100.100.200", "100.127.255.255", "127.0.0.0", "127.0.0.1", "127.255.255.255",
        "169.254.0.0", "169.254.169.254", "169.254.170.2", "169.254.255.255",
        "172.16.0.0", "172.20.1.1", "172.31.255.255", "192.0.0.0", "192.0.0.170", "192.0.0.255",
        "192.0.2.0", "192.0.2.255", "192.88.99.0", "192.88.99.255", "192.168.0.0", "192.168.255.255",
        "198.18.0.0", "198.19.255.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255",
        "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.254", "255.255.255.255",
    ])
    func `special IPv4 ranges are not public`(text: String) throws {
        #expect(try !address(text).isPublic)
    }

    @Test(arguments: [
        "1.0.0.0", "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
        "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255",
        "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255",
        "203.0.114.0", "223.255.255.255",
    ])
    func `the IPv4 addresses beside them are public`(text: String) throws {
        #expect(try address(text).isPublic)
    }

    @Test(arguments: [
        "::", "::1", "::7f00:1", "::10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "::ffff:10.0.0.1",
        "::ffff:0.0.0.0", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::8.8.8.8",
        "::ffff:0:8.8.8.8", "1::8.8.8.8", "100::1", "1fff:ffff::1", "2001::1", "2001:0:4136:e378::1",
        "2001:1ff:ffff::1", "2001:db8::1", "2001:db8:ffff::1", "2002::1", "2002:7f00:1::", "2002:ffff::1",
        "3fff::1", "3fff:fff:ffff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1",
        "febf::1", "fec0::1", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ])
    func `special IPv6 ranges are not public`(text: String) throws {
        #expect(try !address(text).isPublic)
    }

    @Test(arguments: [
        "2000::1", "2001:200::1", "2001:4860:4860::8888", "2001:db7:ffff::1", "2001:db9::1", "2003::1",
        "2600:1f18::1", "2606:4700:4700::1111", "2a00:1450::1", "3ffe:ffff::1", "3fff:1000::1",
        "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::8.8.8.8",
    ])
    func `global unicast and embedded public addresses are public`(text: String) throws {
        #expect(try address(text).isPublic)
    }

    @Test func `bytes of any other length are no address`() {
        for count in [0, 3, 5, 15, 17] {
            #expect(IPAddress(networkBytes: [UInt8](repeating: 8, count: count)) == nil)
        }
    }

    @Test func `the policy looks at the port too`() throws {
        let address = try address("8.8.8.8")
        #expect(AddressPolicy.publicOnly.allows(address, port: 443))
        #expect(AddressPolicy.publicOnly.allows(address, port: 80))
        #expect(!AddressPolicy.publicOnly.allows(address, port: 22))
        #expect(AddressPolicy.publicAddresses(ports: [8443]).allows(address, port: 8443))
        #expect(!AddressPolicy.publicAddresses(ports: [8443]).allows(address, port: 443))
    }

    @Test func `any address is allowed where the operator chose it`() throws {
        #expect(AddressPolicy.any.allows(try address("127.0.0.1"), port: 1))
    }

    private struct NotAnAddress: Error { let text: String }

    private func address(_ text: String) throws -> IPAddress {
        let isIPv6 = text.contains(":")
        var bytes = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
        let code = unsafe bytes.withUnsafeMutableBytes {
            unsafe inet_pton(isIPv6 ? AF_INET6 : AF_INET, text, $0.baseAddress)
        }
        guard code == 1, let address = IPAddress(networkBytes: bytes) else { throw NotAnAddress(text: text) }
        return address
    }
}
