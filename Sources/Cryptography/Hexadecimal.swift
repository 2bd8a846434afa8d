/// The bytes in lower-case hexadecimal.
package func hexadecimal(_ bytes: [UInt8]) -> String {
    String(decoding: hexadecimalBytes(bytes), as: UTF8.self)
}

/// The bytes in lower-case hexadecimal, as ASCII.
///
/// For callers that build a longer text from bytes.
package func hexadecimalBytes(_ bytes: [UInt8]) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: bytes.count * 2) { text, count in
        for (index, byte) in bytes.enumerated() {
            // In bounds: twice as many digits as bytes.
            unsafe text[index * 2] = digit(byte >> 4)
            unsafe text[index * 2 + 1] = digit(byte & 0xF)
        }
        count = bytes.count * 2
    }
}

private func digit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
}
