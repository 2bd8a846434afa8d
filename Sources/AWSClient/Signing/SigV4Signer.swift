import Cryptography
package import HTTPMessages

/// Signs requests with Signature Version 4.
///
/// Pure but for a cache of keys: the moment, the credentials and the scope are arguments.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
package struct SigV4Signer: Sendable {
    let region: String
    let service: AWSService
    private let keys = SigningKeyCache()

    /// A signer for one service in one region.
    package init(region: String, service: AWSService) {
        self.region = region
        self.service = service
    }

    /// The request with the `X-Amz-` fields and `Authorization` that prove who sends it.
    package func sign(
        _ request: HTTPRequest,
        payload: AWSCall.Payload = .signed,
        with credentials: AWSCredentials,
        at time: AWSTime
    ) throws(AWSError) -> HTTPRequest {
        try signature(of: request, payload: payload, with: credentials, at: time).request
    }

    /// The steps of a signature, for tests that compare each.
    func signature(
        of request: HTTPRequest,
        payload: AWSCall.Payload,
        with credentials: AWSCredentials,
        at time: AWSTime
    ) throws(AWSError) -> (request: HTTPRequest, steps: SignatureSteps) {
        let target = try SigningTarget(request.url)
        let date = SigningDate(time)
        let payloadHash = try hash(of: request.body, payload)
        var request = request
        for name in Self.ownFields where request.fields[name] != nil { request.fields.remove(name) }
        request.fields.append("x-amz-date", date.timestamp)
        if let token = credentials.sessionToken {
            request.fields.append("x-amz-security-token", token.revealed)
        }
        if service == .s3 { request.fields.append("x-amz-content-sha256", payloadHash) }

        let headers = CanonicalHeaders(host: target.host, fields: request.fields.fields)
        let steps = sign(
            method: request.method,
            target: target,
            query: target.query.map(CanonicalQuery.pairs) ?? [],
            headers: headers,
            payloadHash: payloadHash,
            credentials: credentials,
            date: date
        )
        var authorization = Array("AWS4-HMAC-SHA256 Credential=".utf8)
        authorization.reserveCapacity(256)
        authorization += credentials.accessKeyID.utf8
        authorization.append(UInt8(ascii: "/"))
        authorization += scope(date).utf8
        authorization += ", SignedHeaders=".utf8
        authorization += headers.names
        authorization += ", Signature=".utf8
        authorization += steps.signature
        request.fields.append("authorization", String(decoding: authorization, as: UTF8.self))
        return (request, steps)
    }

    /// Credential scope: day, region, service.
    func scope(_ date: SigningDate) -> String {
        "\(date.day)/\(region)/\(service.signingName)/aws4_request"
    }

    func sign(
        method: HTTPMethod,
        target: SigningTarget,
        query: [CanonicalQuery.Pair],
        headers: CanonicalHeaders,
        payloadHash: String,
        credentials: AWSCredentials,
        date: SigningDate
    ) -> SignatureSteps {
        var canonical: [UInt8] = []
        canonical.reserveCapacity(1_024)
        canonical += method.rawValue.utf8
        canonical.append(Self.lineFeed)
        CanonicalPath.append(target.path, for: service, to: &canonical)
        canonical.append(Self.lineFeed)
        CanonicalQuery.append(query, to: &canonical)
        canonical.append(Self.lineFeed)
        canonical += headers.lines
        canonical.append(Self.lineFeed)
        canonical += headers.names
        canonical.append(Self.lineFeed)
        canonical += payloadHash.utf8

        var text = Array("AWS4-HMAC-SHA256\n".utf8)
        text.reserveCapacity(160)
        text += date.timestamp.utf8
        text.append(Self.lineFeed)
        text += scope(date).utf8
        text.append(Self.lineFeed)
        text += hexadecimalBytes(SHA256.digest(of: canonical))

        let key = keys.key(
            secret: credentials.secretAccessKey,
            day: date.day,
            region: region,
            service: service
        )
        let signature = hexadecimalBytes(key.authenticate(text))
        return SignatureSteps(canonicalRequest: canonical, stringToSign: text, signature: signature)
    }

    private func hash(of body: [UInt8], _ payload: AWSCall.Payload) throws(AWSError) -> String {
        switch payload {
        case .signed: return body.isEmpty ? Self.emptyHash : hexadecimal(SHA256.digest(of: body))
        case .signedAs(let hash): return hash
        case .unsigned:
            guard service == .s3 else {
                throw .invalidArgument(reason: "only S3 takes an unsigned payload")
            }
            return Self.unsignedPayload
        }
    }

    /// Fields that only the signer writes.
    private static let ownFields = [
        "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256",
    ]
    static let unsignedPayload = "UNSIGNED-PAYLOAD"
    static let emptyHash = hexadecimal(SHA256.digest(of: []))
    private static let lineFeed = UInt8(ascii: "\n")
}

/// The three texts a signature goes through, as AWS's documentation names them.
struct SignatureSteps {
    let canonicalRequest: [UInt8]
    let stringToSign: [UInt8]
    let signature: [UInt8]
}
