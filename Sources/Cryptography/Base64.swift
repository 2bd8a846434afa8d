import COpenSSL

/// The bytes in base64 with padding (RFC 4648 §4).
package func base64(_ bytes: [UInt8]) -> String {
    guard let length = Int32(exactly: bytes.count) else {
        preconditionFailure("base64 of more than 2 GiB")
    }
    // "the number of bytes written, excluding the NUL terminator": room for that NUL is needed too.
    // https://docs.openssl.org/3.0/man3/EVP_EncodeInit/
    let capacity = (bytes.count + 2) / 3 * 4 + 1
    let text = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { text, count in
        count = unsafe Int(EVP_EncodeBlock(text.baseAddress, bytes, length))
    }
    return String(decoding: text, as: UTF8.self)
}
