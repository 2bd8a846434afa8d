import COpenSSL

/// A hash function of OpenSSL, looked up once.
///
/// `EVP_sha256()` and its like are looked up again for each message, which costs more than hashing a short one
/// (https://docs.openssl.org/3.0/man7/crypto/#explicit-fetching).
@safe
struct HashAlgorithm: @unchecked Sendable {
    // @unchecked: an EVP_MD never changes after it was fetched, and its reference count is atomic.
    // It is never freed: algorithms live as long as the process.
    private let algorithm: OpaquePointer

    /// Nil when OpenSSL's configuration forbids the function, as its FIPS mode does with MD5.
    init?(named name: String) {
        guard let fetched = unsafe EVP_MD_fetch(nil, name, nil) else { return nil }
        unsafe algorithm = fetched
    }

    static let sha256: HashAlgorithm = {
        guard let sha256 = HashAlgorithm(named: "SHA256") else {
            preconditionFailure("OpenSSL offers no SHA-256: its configuration is broken")
        }
        return sha256
    }()

    static let md5 = HashAlgorithm(named: "MD5")

    /// A context that has seen nothing yet; the caller frees it.
    func makeContext() -> OpaquePointer {
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1
        else {
            preconditionFailure("OpenSSL cannot allocate a hash context")
        }
        return unsafe context
    }

    func digest(of bytes: [UInt8], length: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: length) { digest, count in
            let done = unsafe bytes.withUnsafeBytes { bytes in
                unsafe EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, nil, algorithm, nil)
            }
            precondition(done == 1, "OpenSSL cannot allocate a hash context")
            count = length
        }
    }
}
