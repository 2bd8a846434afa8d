import HTTPMessages
import Testing

@testable import AWSClient

struct SigV4BotocoreTests {
    @Test func `signatures agree with botocore's in every step`() throws {
        for vector in try BotocoreVector.draw(seed: 20_261_120, count: 800) {
            try expectAgreement(with: vector)
        }
    }

    private func expectAgreement(with vector: BotocoreVector) throws {
        let service = try #require(AWSService(rawValue: vector.service))
        let signer = SigV4Signer(region: vector.region, service: service)
        let credentials = AWSCredentials(
            accessKeyID: vector.accessKey,
            secretAccessKey: AWSSecret(vector.secretKey),
            sessionToken: vector.token.map { AWSSecret($0) }
        )
        var fields = HTTPFields()
        for field in vector.fields { fields.append(field[0], field[1]) }
        let result: String?
        let steps: SignatureSteps
        if vector.isPresigned {
            (result, steps) = try signer.presigned(
                method: HTTPMethod(rawValue: vector.method),
                url: vector.url,
                fields: fields,
                expiresIn: vector.expires,
                with: credentials,
                at: AWSTime(seconds: vector.time)
            )
        } else {
            let request = HTTPRequest(
                method: HTTPMethod(rawValue: vector.method),
                url: vector.url,
                fields: fields,
                body: Array(vector.body.utf8)
            )
            let signed = try signer.signature(
                of: request,
                payload: vector.isUnsigned ? .unsigned : .signed,
                with: credentials,
                at: AWSTime(seconds: vector.time)
            )
            (result, steps) = (signed.request.fields["authorization"], signed.steps)
        }
        #expect(text(steps.canonicalRequest) == vector.canonicalRequest, "\(vector.method) \(vector.url)")
        #expect(text(steps.stringToSign) == vector.stringToSign)
        #expect(text(steps.signature) == vector.signature)
        #expect(result == vector.result)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
