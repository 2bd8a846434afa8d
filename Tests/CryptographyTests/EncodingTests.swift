import Cryptography
import Testing

struct EncodingTests {
    @Test func `hexadecimal is lower-case and keeps leading zeros`() {
        #expect(hexadecimal([0x00, 0x0A, 0xFF, 0x9C]) == "000aff9c")
        #expect(hexadecimal([]).isEmpty)
        #expect(hexadecimalBytes([0x1F]) == Array("1f".utf8))
    }

    /// The examples of RFC 4648 §10.
    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func `base64 pads as RFC 4648 does`(text: String, encoded: String) {
        #expect(base64(Array(text.utf8)) == encoded)
    }

    @Test func `constant-time comparison says what == says`() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2], [1, 2]))
        #expect(!constantTimeEqual([1, 2], [1, 3]))
        #expect(!constantTimeEqual([1, 2], [1, 2, 0]))
    }

    @Test func `random bytes are as many as asked for, and others each time`() throws {
        #expect(try secureRandomBytes(0).isEmpty)
        let bytes = try secureRandomBytes(32)
        #expect(bytes.count == 32)
        #expect(try secureRandomBytes(32) != bytes)
    }
}
