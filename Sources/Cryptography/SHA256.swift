import COpenSSL

/// A SHA-256 computed piece by piece.
///
/// ```swift
/// var hash = SHA256()
/// hash.update(first)
/// hash.update(second)
/// let digest = hash.finish()
/// ```
@safe
package struct SHA256: ~Copyable {
    /// Bytes of a digest.
    package static let length = 32

    private let context: OpaquePointer

    /// A hash of nothing yet.
    package init() { unsafe context = HashAlgorithm.sha256.makeContext() }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds bytes to what is hashed.
    package mutating func update(_ bytes: [UInt8]) {
        let done = unsafe bytes.withUnsafeBytes { bytes in
            unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        }
        precondition(done == 1, "OpenSSL refused to hash")
    }

    /// The digest of all bytes added.
    package consuming func finish() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Self.length) { digest, count in
            let done = unsafe EVP_DigestFinal_ex(context, digest.baseAddress, nil)
            precondition(done == 1, "OpenSSL refused to hash")
            count = Self.length
        }
    }

    /// The digest of bytes that are all there.
    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        HashAlgorithm.sha256.digest(of: bytes, length: length)
    }
}
