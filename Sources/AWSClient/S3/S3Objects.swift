/// An object about to be stored.
package struct S3Upload: Sendable {
    package var key: String
    package var bytes: [UInt8]
    package var contentType: String
    package var cacheControl: String?
    /// Names and values that travel with the object as `x-amz-meta-` fields; 2 KB together.
    package var metadata: [String: String]
    package var checksum: S3Checksum
    /// Refuses with `PreconditionFailed` when there is such an object already.
    package var onlyIfAbsent: Bool

    package init(
        key: String,
        bytes: [UInt8],
        contentType: String,
        cacheControl: String? = nil,
        metadata: [String: String] = [:],
        checksum: S3Checksum = .sha256,
        onlyIfAbsent: Bool = false
    ) {
        self.key = key
        self.bytes = bytes
        self.contentType = contentType
        self.cacheControl = cacheControl
        self.metadata = metadata
        self.checksum = checksum
        self.onlyIfAbsent = onlyIfAbsent
    }
}

/// What S3 says of an object that it stored.
package struct S3StoredObject: Sendable, Equatable {
    /// The entity tag, in quotes as it came.
    package let entityTag: String?
    package let versionID: String?

    package init(entityTag: String?, versionID: String?) {
        self.entityTag = entityTag
        self.versionID = versionID
    }
}

/// What an object is, apart from its bytes.
package struct S3ObjectFacts: Sendable, Equatable {
    package let byteCount: Int?
    package let contentType: String?
    package let cacheControl: String?
    /// The entity tag, in quotes as it came.
    package let entityTag: String?
    /// In lower-case hexadecimal; nil when the object was stored without it.
    package let sha256: String?
    /// By name without `x-amz-meta-`, in lower case.
    package let metadata: [String: String]

    package init(
        byteCount: Int?,
        contentType: String?,
        cacheControl: String?,
        entityTag: String?,
        sha256: String?,
        metadata: [String: String]
    ) {
        self.byteCount = byteCount
        self.contentType = contentType
        self.cacheControl = cacheControl
        self.entityTag = entityTag
        self.sha256 = sha256
        self.metadata = metadata
    }
}

/// An object with its bytes, verified where S3 holds a checksum of the whole.
package struct S3Object: Sendable, Equatable {
    package let bytes: [UInt8]
    package let facts: S3ObjectFacts

    package init(bytes: [UInt8], facts: S3ObjectFacts) {
        self.bytes = bytes
        self.facts = facts
    }
}

/// Why one object of many was not deleted.
package struct S3DeleteFailure: Sendable, Equatable {
    package let key: String
    package let code: String

    package init(key: String, code: String) {
        self.key = key
        self.code = code
    }
}

/// One page of a listing.
package struct S3ListPage: Sendable, Equatable {
    package let entries: [S3ListEntry]
    /// What to ask the next page with; nil after the last.
    package let continuation: String?

    package init(entries: [S3ListEntry], continuation: String?) {
        self.entries = entries
        self.continuation = continuation
    }
}

/// One object of a listing.
package struct S3ListEntry: Sendable, Equatable {
    package let key: String
    package let byteCount: Int

    package init(key: String, byteCount: Int) {
        self.key = key
        self.byteCount = byteCount
    }
}
