package import HTTPMessages

extension SigV4Signer {
    /// Seconds that a presigned URL may be good for: up to seven days.
    package static let presignedLifetimes = 1...604_800

    /// A URL that carries its signature in its query, so that whoever has it may make this one request.
    ///
    /// The fields given must be sent exactly so by whoever uses the URL. Such a URL is a secret: never logged.
    package func presign(
        method: HTTPMethod,
        url: String,
        fields: HTTPFields = HTTPFields(),
        expiresIn seconds: Int,
        with credentials: AWSCredentials,
        at time: AWSTime
    ) throws(AWSError) -> String {
        try presigned(
            method: method,
            url: url,
            fields: fields,
            expiresIn: seconds,
            with: credentials,
            at: time
        )
        .url
    }

    /// The steps of a presigned URL, for tests that compare each.
    func presigned(
        method: HTTPMethod,
        url: String,
        fields: HTTPFields,
        expiresIn seconds: Int,
        with credentials: AWSCredentials,
        at time: AWSTime
    ) throws(AWSError) -> (url: String, steps: SignatureSteps) {
        guard Self.presignedLifetimes.contains(seconds) else {
            throw .invalidArgument(reason: "a presigned URL lasts from 1 to 604800 seconds")
        }
        let target = try SigningTarget(url)
        let date = SigningDate(time)
        let headers = CanonicalHeaders(host: target.host, fields: fields.fields)
        var parameters: [(String, String)] = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope(date))"),
            ("X-Amz-Date", date.timestamp),
            ("X-Amz-Expires", String(seconds)),
            ("X-Amz-SignedHeaders", String(decoding: headers.names, as: UTF8.self)),
        ]
        if let token = credentials.sessionToken {
            parameters.append(("X-Amz-Security-Token", token.revealed))
        }
        let added = parameters.map { name, value in
            (name: Array(name.utf8), value: Array(PercentEncoding.encode(value).utf8))
        }
        let steps = sign(
            method: method,
            target: target,
            query: (target.query.map(CanonicalQuery.pairs) ?? []) + added,
            headers: headers,
            payloadHash: service == .s3 ? Self.unsignedPayload : Self.emptyHash,
            credentials: credentials,
            date: date
        )
        let separator = target.query == nil ? "?" : target.query?.isEmpty == true ? "" : "&"
        let query = added.map {
            "\(String(decoding: $0.name, as: UTF8.self))=\(String(decoding: $0.value, as: UTF8.self))"
        }
        let signature = String(decoding: steps.signature, as: UTF8.self)
        return ("\(url)\(separator)\(query.joined(separator: "&"))&X-Amz-Signature=\(signature)", steps)
    }
}
