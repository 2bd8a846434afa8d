import Cryptography
import FoundationEssentials

/// The checksum that goes with a body, so that S3 refuses one that was damaged on its way.
package enum S3Checksum: Sendable, Equatable {
    /// SHA-256, computed here; S3 keeps it and returns it with the object.
    case sha256
    /// The body's SHA-256 in lower-case hexadecimal, known already.
    case knownSHA256(String)
    /// MD5, for servers that know nothing else.
    case contentMD5

    static let sha256Field = "x-amz-checksum-sha256"

    /// The header field for the body, and how the body is signed: with the same digest when there is one.
    func field(
        for body: [UInt8]
    ) throws(AWSError) -> (name: String, value: String, payload: AWSCall.Payload) {
        switch self {
        case .sha256:
            let digest = SHA256.digest(of: body)
            return (Self.sha256Field, base64(digest), .signedAs(hexadecimal(digest)))
        case .knownSHA256(let text):
            guard text == text.lowercased(), let digest = Self.bytes(ofHexadecimal: text),
                digest.count == SHA256.length
            else { throw .invalidArgument(reason: "a SHA-256 is 64 lower-case hexadecimal digits") }
            return (Self.sha256Field, base64(digest), .signedAs(text))
        case .contentMD5:
            guard let digest = MD5.digest(of: body) else {
                throw .invalidArgument(reason: "MD5 is forbidden by OpenSSL's configuration")
            }
            return ("content-md5", base64(digest), .signed)
        }
    }

    /// The digest of a whole object that a field of S3 gives, in hexadecimal.
    ///
    /// Nil for the digest of parts' digests, which ends in `-` and their number.
    static func digest(inField value: String) -> String? {
        guard let digest = Data(base64Encoded: value), digest.count == SHA256.length else { return nil }
        return hexadecimal(Array(digest))
    }

    private static func bytes(ofHexadecimal text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
