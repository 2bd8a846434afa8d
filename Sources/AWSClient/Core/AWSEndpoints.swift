/// Where each service is: by region and partition, or where the settings say.
package struct AWSEndpoints: Sendable, Equatable {
    package let region: String
    /// Scheme and host without a slash at the end, for services that are not at AWS's own address.
    private let overrides: [AWSService: String]

    /// Reads `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<service>` from the environment given; the latter wins.
    ///
    /// - Throws: `.invalidArgument` for a region or URL that cannot be one.
    package init(region: String, environment: [String: String] = [:]) throws(AWSError) {
        guard Self.isRegion(region) else {
            throw .invalidArgument(reason: "the region is not a name such as eu-central-1")
        }
        var overrides: [AWSService: String] = [:]
        for service in AWSService.allCases {
            for name in ["AWS_ENDPOINT_URL_\(service.variableSuffix)", "AWS_ENDPOINT_URL"] {
                guard let url = environment[name], !url.isEmpty else { continue }
                overrides[service] = try Self.checked(url, from: name)
                break
            }
        }
        self.region = region
        self.overrides = overrides
    }

    /// Scheme and host, and whatever path an override has, without a slash at the end.
    package func url(of service: AWSService) -> String {
        overrides[service] ?? "https://\(service.endpointPrefix).\(region).\(domain)"
    }

    /// Whether requests go to AWS itself rather than to an overriding endpoint.
    package func isAWS(_ service: AWSService) -> Bool { overrides[service] == nil }

    /// A bucket's URL, without a slash at the end.
    ///
    /// At AWS the bucket is a host name of its own; elsewhere, and where the name cannot be one label of a host under
    /// AWS's certificate, it is the first part of the path.
    package func url(ofBucket bucket: String) -> String {
        guard isAWS(.s3), Self.isHostLabel(bucket) else {
            return "\(url(of: .s3))/\(PercentEncoding.encode(bucket))"
        }
        return "https://\(bucket).s3.\(region).\(domain)"
    }

    /// An object's URL; the key's slashes stay.
    package func url(ofObject key: String, in bucket: String) -> String {
        "\(url(ofBucket: bucket))/\(PercentEncoding.encode(key, keepingSlash: true))"
    }

    /// The partition that the region is part of: `aws`, `aws-cn` or `aws-us-gov`.
    package var partition: String {
        if region.hasPrefix("cn-") { return "aws-cn" }
        return region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
    }

    private var domain: String { partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com" }

    /// Letters, digits and hyphens: a region becomes part of a host name that credentials are sent to.
    private static func isRegion(_ text: String) -> Bool { isHostLabel(text) && text.utf8.count <= 32 }

    /// A bucket name is at least three characters long, and with dots it would leave the certificate's wildcard.
    private static func isHostLabel(_ text: String) -> Bool {
        let letters = text.utf8
        guard (3...63).contains(letters.count), letters.first != hyphen, letters.last != hyphen else {
            return false
        }
        return letters.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), hyphen: true
            default: false
            }
        }
    }

    private static func checked(_ url: String, from name: String) throws(AWSError) -> String {
        var url = url
        while url.last == "/" { url.removeLast() }
        do throws(AWSError) {
            let target = try SigningTarget(url)
            guard target.query == nil else { throw .invalidArgument(reason: "the URL has a query") }
        } catch {
            throw .invalidArgument(reason: "\(name) is no endpoint: \(error)")
        }
        return url
    }

    private static let hyphen = UInt8(ascii: "-")
}
