import COpenSSL

/// Bytes nobody can guess, from OpenSSL's generator.
///
/// - Throws: `SecureRandomError` when the system's source of randomness fails; there is no weaker substitute.
package func secureRandomBytes(_ count: Int) throws(SecureRandomError) -> [UInt8] {
    guard count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    guard let length = Int32(exactly: count), unsafe RAND_bytes(&bytes, length) == 1 else {
        throw SecureRandomError()
    }
    return bytes
}

/// The system's source of randomness failed.
package struct SecureRandomError: Error, Sendable, CustomStringConvertible {
    package var description: String { "no secure random bytes could be had" }
}
