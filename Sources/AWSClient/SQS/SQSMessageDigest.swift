import Cryptography

/// The MD5 checksums that SQS gives of what it stored.
enum SQSMessageDigest {
    private static let textMark: UInt8 = 1
    private static let binaryMark: UInt8 = 2

    /// Of a body, in hexadecimal; nil where OpenSSL's configuration forbids MD5.
    static func hexadecimal(ofBody body: String) -> String? {
        MD5.digest(of: Array(body.utf8)).map { Cryptography.hexadecimal($0) }
    }

    /// Of attributes: by name, each as name, type, mark and value, with lengths of four bytes before the texts.
    ///
    /// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
    static func hexadecimal(ofAttributes attributes: [String: SQSMessageAttribute]) -> String? {
        var bytes: [UInt8] = []
        for (name, attribute) in attributes.sorted(by: { $0.key < $1.key }) {
            append(Array(name.utf8), to: &bytes)
            append(Array(attribute.dataType.utf8), to: &bytes)
            switch attribute.value {
            case .text(let text):
                bytes.append(textMark)
                append(Array(text.utf8), to: &bytes)
            case .binary(let value):
                bytes.append(binaryMark)
                append(value, to: &bytes)
            }
        }
        return MD5.digest(of: bytes).map { Cryptography.hexadecimal($0) }
    }

    /// Throws when the checksum given is not that of the body.
    static func check(_ given: String?, ofBody body: String) throws(AWSError) {
        guard let expected = hexadecimal(ofBody: body) else { return }
        guard given?.lowercased() == expected else {
            throw .malformedResponse(reason: "the checksum of a message's body is missing or wrong")
        }
    }

    /// Throws when a checksum is given that is not that of the attributes.
    static func check(
        _ given: String?,
        ofAttributes attributes: [String: SQSMessageAttribute]
    ) throws(AWSError) {
        guard let given, let expected = hexadecimal(ofAttributes: attributes) else { return }
        guard given.lowercased() == expected else {
            throw .malformedResponse(reason: "the checksum of a message's attributes is wrong")
        }
    }

    private static func append(_ text: [UInt8], to bytes: inout [UInt8]) {
        let length = UInt32(clamping: text.count)
        for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
        bytes += text
    }
}
