/// MD5, for the checksums that SQS sends; it protects against accidents only.
package enum MD5 {
    /// Bytes of a digest.
    package static let length = 16

    /// The digest, or nil where OpenSSL's configuration forbids MD5 (FIPS mode).
    package static func digest(of bytes: [UInt8]) -> [UInt8]? {
        HashAlgorithm.md5?.digest(of: bytes, length: length)
    }
}
