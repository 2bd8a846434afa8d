/// What S3 accepts, checked before anything is sent.
enum S3Limits {
    static let keyBytes = 1024
    static let metadataBytes = 2048
    static let keysPerDelete = 1000
    static let keysPerPage = 1...1000

    /// Refuses what is no key, and keys that a URL could not name: with a path segment `.` or `..`, which clients
    /// and servers take for a place.
    static func check(key: String) throws(AWSError) {
        guard (1...keyBytes).contains(key.utf8.count) else { throw refusal("a key has 1 to 1024 bytes") }
        guard !key.utf8.contains(0) else { throw refusal("a key with a zero byte") }
        let segments = key.split(separator: "/", omittingEmptySubsequences: false)
        guard !segments.contains("."), !segments.contains("..") else {
            throw refusal("a key with a segment . or ..")
        }
    }

    static func check(_ upload: S3Upload) throws(AWSError) {
        try check(key: upload.key)
        try check(fieldValue: upload.contentType)
        if let cacheControl = upload.cacheControl { try check(fieldValue: cacheControl) }
        var total = 0
        for (name, value) in upload.metadata {
            let isName = !name.isEmpty && name.utf8.allSatisfy { PercentEncoding.isUnreserved($0) }
            guard isName else { throw refusal("a metadata name has letters, digits and -._~ only") }
            try check(fieldValue: value)
            total += name.utf8.count + value.utf8.count
        }
        guard total <= metadataBytes else { throw refusal("metadata has at most 2048 bytes") }
    }

    private static func check(fieldValue value: String) throws(AWSError) {
        let isPrintable = value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        guard isPrintable, !value.isEmpty, value.first != " ", value.last != " " else {
            throw refusal("a field's value is printable ASCII, without spaces around it")
        }
    }

    private static func refusal(_ reason: String) -> AWSError { .invalidArgument(reason: reason) }
}
