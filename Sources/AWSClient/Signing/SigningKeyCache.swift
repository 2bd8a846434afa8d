import Cryptography
import Synchronization

/// Signing keys by secret, day, region and service: four HMACs saved on every request but the first of a day.
///
/// Holds a few keys only; the oldest goes when a new one comes. Safe to share between tasks.
final class SigningKeyCache: Sendable {
    private struct Entry {
        let secret: AWSSecret
        let day: String
        let region: String
        let service: AWSService
        let key: HMACSHA256
    }

    /// One process signs for a handful of services, with one secret and at most two days at a time.
    private static let capacity = 16

    private let entries = Mutex<[Entry]>([])

    func key(secret: AWSSecret, day: String, region: String, service: AWSService) -> HMACSHA256 {
        let known = entries.withLock { entries in
            entries.first { entry in
                entry.service == service && entry.day == day && entry.region == region
                    && entry.secret == secret
            }
        }
        if let known { return known.key }
        let key = Self.derive(secret: secret, day: day, region: region, service: service)
        entries.withLock { entries in
            if entries.count == Self.capacity { entries.removeFirst() }
            entries.append(Entry(secret: secret, day: day, region: region, service: service, key: key))
        }
        return key
    }

    private static func derive(
        secret: AWSSecret,
        day: String,
        region: String,
        service: AWSService
    ) -> HMACSHA256 {
        var key = HMACSHA256(key: Array("AWS4\(secret.revealed)".utf8))
        for part in [day, region, service.signingName, "aws4_request"] {
            key = HMACSHA256(key: key.authenticate(Array(part.utf8)))
        }
        return key
    }
}
