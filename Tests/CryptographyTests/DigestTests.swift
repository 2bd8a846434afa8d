import Testing

@testable import Cryptography

struct DigestTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `SHA-256 has the published values`(text: String, digest: String) {
        #expect(hexadecimal(SHA256.digest(of: Array(text.utf8))) == digest)
    }

    @Test func `SHA-256 by pieces equals SHA-256 at once`() {
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000)
        var hash = SHA256()
        for _ in 0..<1_000 { hash.update(piece) }
        hash.update([])
        // A million times "a": FIPS 180's third example.
        let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(hexadecimal(hash.finish()) == expected)
    }

    @Test func `SHA-256 of nothing added is that of nothing`() {
        #expect(SHA256().finish() == SHA256.digest(of: []))
    }

    @Test func `MD5 has the published value`() {
        #expect(MD5.digest(of: Array("abc".utf8)).map(hexadecimal) == "900150983cd24fb0d6963f7d28e17f72")
    }

    @Test func `a function OpenSSL does not know is nil`() {
        if HashAlgorithm(named: "SHA-0.5") != nil { Issue.record("there is no SHA-0.5") }
    }

    @Test func `digests may be computed by many tasks at once`() async {
        let expected = SHA256.digest(of: [1, 2, 3])
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 { group.addTask { SHA256.digest(of: [1, 2, 3]) == expected } }
            for await isEqual in group { #expect(isEqual) }
        }
    }
}
