import COpenSSL

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
///
/// Compare digests rather than secrets of different lengths: the length is not hidden.
package func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe CRYPTO_memcmp(left, right, left.count) == 0
}
