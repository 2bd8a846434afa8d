import Cryptography
import HTTPMessages

/// One bucket of S3, or of a server that speaks its protocol.
///
/// Bodies travel with a checksum and are signed; keys are checked before anything is sent.
package struct S3Bucket: Sendable {
    package let name: String
    private let endpoints: AWSEndpoints
    private let caller: any AWSCalling & AWSPresigning
    private let timeout: Duration

    /// `caller` signs for the service `s3` in the bucket's region; `timeout` bounds one attempt at one call.
    package init(
        name: String,
        endpoints: AWSEndpoints,
        caller: any AWSCalling & AWSPresigning,
        timeout: Duration = .seconds(30)
    ) {
        self.name = name
        self.endpoints = endpoints
        self.caller = caller
        self.timeout = timeout
    }

    // MARK: - Objects

    /// Stores the object; it can be read when this returns.
    package func put(_ upload: S3Upload) async throws(AWSError) -> S3StoredObject {
        try S3Limits.check(upload)
        let checksum = try upload.checksum.field(for: upload.bytes)
        var fields = HTTPFields(["content-type": upload.contentType])
        fields.append(checksum.name, checksum.value)
        if let cacheControl = upload.cacheControl { fields.append("cache-control", cacheControl) }
        for (name, value) in upload.metadata.sorted(by: { $0.key < $1.key }) {
            fields.append("x-amz-meta-" + name, value)
        }
        if upload.onlyIfAbsent { fields.append("if-none-match", "*") }
        let response = try await send(
            AWSCall(
                method: .put,
                url: url(of: upload.key),
                fields: fields,
                body: upload.bytes,
                payload: checksum.payload
            )
        )
        if let stored = response.fields[checksum.name], stored != checksum.value {
            throw .malformedResponse(reason: "S3 stored bytes with another checksum")
        }
        return S3StoredObject(
            entityTag: response.fields["etag"],
            versionID: response.fields["x-amz-version-id"]
        )
    }

    /// Reads an object of at most `limit` bytes; a missing one is the service's error `NoSuchKey`.
    package func get(_ key: String, limit: Int) async throws(AWSError) -> S3Object {
        try S3Limits.check(key: key)
        let fields = HTTPFields(["x-amz-checksum-mode": "ENABLED"])
        // An error's document needs room too.
        let room = max(limit, Self.documentBytes)
        let response = try await send(
            AWSCall(method: .get, url: url(of: key), fields: fields),
            responseBytes: room
        )
        guard response.body.count <= limit else {
            throw .malformedResponse(reason: "an object of more than \(limit) bytes")
        }
        let facts = facts(in: response)
        if let byteCount = facts.byteCount, byteCount != response.body.count,
            response.fields["content-encoding"] == nil
        {
            throw .malformedResponse(reason: "an object shorter or longer than its length")
        }
        if let sha256 = facts.sha256, sha256 != hexadecimal(SHA256.digest(of: response.body)) {
            throw .malformedResponse(reason: "an object whose checksum is another")
        }
        return S3Object(bytes: response.body, facts: facts)
    }

    /// What the object is, without its bytes; a missing one is the service's error `NotFound`.
    package func head(_ key: String) async throws(AWSError) -> S3ObjectFacts {
        try S3Limits.check(key: key)
        let fields = HTTPFields(["x-amz-checksum-mode": "ENABLED"])
        return facts(in: try await send(AWSCall(method: .head, url: url(of: key), fields: fields)))
    }

    /// Removes the object; a missing one is no error.
    package func delete(_ key: String) async throws(AWSError) {
        try S3Limits.check(key: key)
        _ = try await send(AWSCall(method: .delete, url: url(of: key)))
    }

    // MARK: - URLs that carry their signature

    /// A URL from which anyone may read the object for so long: up to seven days, and not longer than the credentials
    /// last.
    ///
    /// It is a secret.
    package func presignedGet(_ key: String, validFor lifetime: Duration) async throws(AWSError) -> String {
        try await presigned(.get, key, HTTPFields(), lifetime)
    }

    /// A URL to which anyone may write the object for so long.
    ///
    /// With a content type, only with that one.
    package func presignedPut(
        _ key: String,
        contentType: String? = nil,
        validFor lifetime: Duration
    ) async throws(AWSError) -> String {
        var fields = HTTPFields()
        if let contentType { fields.append("content-type", contentType) }
        return try await presigned(.put, key, fields, lifetime)
    }

    private func presigned(
        _ method: HTTPMethod,
        _ key: String,
        _ fields: HTTPFields,
        _ lifetime: Duration
    ) async throws(AWSError) -> String {
        try S3Limits.check(key: key)
        let seconds = Int(clamping: lifetime.components.seconds)
        return try await caller.presign(method: method, url: url(of: key), fields: fields, expiresIn: seconds)
    }
}

extension S3Bucket {
    /// Room for any answer that is a document: 1,000 keys of 1,024 bytes, escaped.
    static let documentBytes = 8 * 1024 * 1024

    /// Sends a call; answers of 300 and above are errors.
    func send(_ call: AWSCall, responseBytes: Int = documentBytes) async throws(AWSError) -> HTTPResponse {
        var call = call
        call.limits = HTTPTransferLimits(connect: .seconds(3), total: timeout, responseBytes: responseBytes)
        let response = try await caller.send(call) { S3ErrorReader.read($0) }
        guard (200..<300).contains(response.status) else { throw .service(S3ErrorReader.read(response)) }
        return response
    }

    /// The bucket's own URL with a query.
    func url(query: String) -> String {
        "\(endpoints.url(ofBucket: name))/?\(query)"
    }

    private func url(of key: String) -> String { endpoints.url(ofObject: key, in: name) }

    private func facts(in response: HTTPResponse) -> S3ObjectFacts {
        var metadata: [String: String] = [:]
        for field in response.fields.fields where field.name.hasPrefix("x-amz-meta-") {
            metadata[String(field.name.dropFirst("x-amz-meta-".count))] = field.value
        }
        return S3ObjectFacts(
            byteCount: response.fields["content-length"].flatMap { Int($0) },
            contentType: response.fields["content-type"],
            cacheControl: response.fields["cache-control"],
            entityTag: response.fields["etag"],
            sha256: response.fields[S3Checksum.sha256Field].flatMap(S3Checksum.digest(inField:)),
            metadata: metadata
        )
    }
}
