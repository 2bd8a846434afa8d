import COpenSSL

/// A key for HMAC-SHA256, prepared once and used for any number of messages.
///
/// Preparing hashes the key into the inner and outer state; a message then costs a copy of that state. Safe to use
/// from several tasks: the prepared context is only ever copied.
@safe
package final class HMACSHA256: @unchecked Sendable {
    // @unchecked: after init, `prepared` is only read (EVP_MAC_CTX_dup takes it as const).
    private let prepared: OpaquePointer

    /// Prepares a key of any length.
    package init(key: [UInt8]) {
        // An empty array has no address, and a null key means "no key yet" to OpenSSL; zero bytes pad to the same.
        let key = key.isEmpty ? [0] : key
        guard let context = unsafe EVP_MAC_CTX_new(Self.algorithm) else {
            preconditionFailure("OpenSSL cannot allocate an HMAC context")
        }
        unsafe prepared = context
        let done = unsafe cryptography_hmac_sha256_init(context, key, key.count)
        precondition(done == 1, "OpenSSL refused an HMAC key")
    }

    deinit { unsafe EVP_MAC_CTX_free(prepared) }

    /// The authentication code of a message: 32 bytes.
    package func authenticate(_ message: [UInt8]) -> [UInt8] {
        guard let context = unsafe EVP_MAC_CTX_dup(prepared) else {
            preconditionFailure("OpenSSL cannot allocate an HMAC context")
        }
        defer { unsafe EVP_MAC_CTX_free(context) }
        return unsafe [UInt8](unsafeUninitializedCapacity: SHA256.length) { code, count in
            let done =
                unsafe EVP_MAC_update(context, message, message.count) == 1
                && EVP_MAC_final(context, code.baseAddress, &count, code.count) == 1
            precondition(done && count == SHA256.length, "OpenSSL refused to authenticate")
        }
    }

    // Fetched once and never freed, like the hash functions.
    nonisolated(unsafe) private static let algorithm: OpaquePointer = {
        guard let fetched = unsafe EVP_MAC_fetch(nil, "HMAC", nil) else {
            preconditionFailure("OpenSSL offers no HMAC: its configuration is broken")
        }
        return unsafe fetched
    }()
}
