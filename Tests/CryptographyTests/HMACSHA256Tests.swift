import Cryptography
import Testing

struct HMACSHA256Tests {
    /// Test cases 1, 2, 3 and 6 of RFC 4231.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `codes are those of RFC 4231`(key: [UInt8], message: [UInt8], code: String) {
        #expect(hexadecimal(HMACSHA256(key: key).authenticate(message)) == code)
    }

    @Test func `a prepared key gives the same code again`() {
        let key = HMACSHA256(key: [1, 2, 3])
        let first = key.authenticate([4, 5])
        #expect(key.authenticate([6]) != first)
        #expect(key.authenticate([4, 5]) == first)
    }

    @Test func `an empty key and an empty message have a code`() {
        let code = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        #expect(hexadecimal(HMACSHA256(key: []).authenticate([])) == code)
    }

    @Test func `a prepared key may be used by many tasks at once`() async {
        let key = HMACSHA256(key: [9])
        let expected = key.authenticate([7])
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 { group.addTask { key.authenticate([7]) == expected } }
            for await isEqual in group { #expect(isEqual) }
        }
    }
}
