import HTTPMessages

extension S3Bucket {
    /// One page of the objects whose keys begin with the prefix, in the order of their keys.
    package func list(
        prefix: String,
        limit: Int = 1000,
        continuation: String? = nil
    ) async throws(AWSError) -> S3ListPage {
        guard S3Limits.keysPerPage.contains(limit) else {
            throw .invalidArgument(reason: "a page has 1 to 1000 keys")
        }
        // Encoded, because XML cannot hold every character that a key may have.
        var query = "list-type=2&encoding-type=url&max-keys=\(limit)&prefix=\(PercentEncoding.encode(prefix))"
        if let continuation { query += "&continuation-token=\(PercentEncoding.encode(continuation))" }
        let response = try await send(AWSCall(method: .get, url: url(query: query)))
        let root = try root("ListBucketResult", of: response)
        let isEncoded = root.text(of: "EncodingType") == "url"
        var entries: [S3ListEntry] = []
        for element in root.children where element.isNamed("Contents") {
            guard let key = element.text(of: "Key").flatMap({ isEncoded ? Self.decoded($0) : $0 }),
                let byteCount = element.text(of: "Size").flatMap({ Int($0) })
            else { throw .malformedResponse(reason: "a listed object without key or size") }
            entries.append(S3ListEntry(key: key, byteCount: byteCount))
        }
        guard root.text(of: "IsTruncated") == "true" else {
            return S3ListPage(entries: entries, continuation: nil)
        }
        guard let next = root.text(of: "NextContinuationToken"), !next.isEmpty, next != continuation else {
            throw .malformedResponse(reason: "a listing that goes on without saying where")
        }
        return S3ListPage(entries: entries, continuation: next)
    }

    /// The keys that begin with the prefix, page after page: the first `limit` of them.
    package func keys(withPrefix prefix: String, limit: Int) async throws(AWSError) -> [String] {
        var keys: [String] = []
        var continuation: String?
        repeat {
            let page = try await list(prefix: prefix, continuation: continuation)
            keys += page.entries.map(\.key)
            continuation = page.continuation
            // A page may be empty and yet not the last; an endless row of them is no listing.
            guard !page.entries.isEmpty || continuation == nil else {
                throw .malformedResponse(reason: "an empty page that is not the last")
            }
        } while continuation != nil && keys.count < limit
        return Array(keys.prefix(limit))
    }

    /// Removes up to 1,000 objects; missing ones are no error.
    ///
    /// Returns those that S3 could not remove.
    package func delete(_ keys: [String]) async throws(AWSError) -> [S3DeleteFailure] {
        guard !keys.isEmpty else { return [] }
        guard keys.count <= S3Limits.keysPerDelete else {
            throw .invalidArgument(reason: "at most 1000 objects are deleted in one call")
        }
        let body = try deletion(of: keys)
        let checksum = try S3Checksum.sha256.field(for: body)
        var fields = HTTPFields(["content-type": "application/xml"])
        fields.append(checksum.name, checksum.value)
        let response = try await send(
            AWSCall(
                method: .post,
                url: url(query: "delete="),
                fields: fields,
                body: body,
                payload: checksum.payload
            )
        )
        var failures: [S3DeleteFailure] = []
        for element in try root("DeleteResult", of: response).children where element.isNamed("Error") {
            guard let key = element.text(of: "Key"), let code = element.text(of: "Code") else {
                throw .malformedResponse(reason: "a deletion's failure without key or code")
            }
            failures.append(S3DeleteFailure(key: key, code: code))
        }
        return failures
    }

    private func root(_ name: StaticString, of response: HTTPResponse) throws(AWSError) -> XMLElement {
        let document: XMLDocument
        do throws(XMLError) {
            document = try XMLDocument(response.body)
        } catch {
            throw .malformedResponse(reason: error.description)
        }
        // S3 may begin an answer before it knows that it fails.
        if document.root.isNamed("Error") { throw .service(S3ErrorReader.read(response)) }
        guard document.root.isNamed(name) else { throw .malformedResponse(reason: "not a \(name)") }
        return document.root
    }

    private func deletion(of keys: [String]) throws(AWSError) -> [UInt8] {
        var text = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>"
        for key in keys {
            try S3Limits.check(key: key)
            guard XMLCharacters.areAllowed(in: key) else {
                throw .invalidArgument(reason: "a key with a character that XML does not allow")
            }
            text += "<Object><Key>\(Self.escaped(key))</Key></Object>"
        }
        return Array((text + "</Delete>").utf8)
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            // Readers of XML turn a carriage return into a line feed.
            case "\r": escaped += "&#13;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A key from its form in a listing: `%XX` for bytes, `+` for spaces; nil when it is no text.
    private static func decoded(_ text: String) -> String? {
        let bytes = Array(text.utf8)[...]
        var decoded: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if let byte = PercentEncoding.unescapedByte(in: bytes, at: index) {
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
                index += 1
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }
}
