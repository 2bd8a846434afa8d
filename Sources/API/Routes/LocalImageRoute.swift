import HTTPMessages
import ImageJobs

/// `GET /images/{key}` where images are files: what CloudFront does in production.
struct LocalImageRoute: Sendable {
    let images: any LocalImages

    func respond(to request: IncomingRequest, path: String) async throws(RouteFailure) -> OutgoingResponse {
        guard let key = ImageKey(path: path), let file = await images.file(for: key) else {
            throw RouteFailure(Problem(status: 404, code: "not_found", detail: "There is no such image."))
        }
        // Keys are never written twice with other bytes, so the key is the validator.
        let tag = "\"\(key.path.replacing("/", with: "-"))\""
        var fields = HTTPFields()
        fields.append("content-type", Self.contentType(of: key))
        fields.append("cache-control", "public, max-age=31536000, immutable")
        fields.append("etag", tag)
        fields.append("accept-ranges", "bytes")
        fields.append("content-disposition", "inline")
        if request.fields["if-none-match"] == tag { return OutgoingResponse(status: 304, fields: fields) }
        switch ByteRange.parse(request.fields["range"], length: file.byteCount) {
        case .whole:
            let body = OutgoingResponse.Body.file(path: file.path, offset: 0, length: file.byteCount)
            return OutgoingResponse(status: 200, fields: fields, body: body)
        case .part(let offset, let length):
            fields.append("content-range", "bytes \(offset)-\(offset + length - 1)/\(file.byteCount)")
            let body = OutgoingResponse.Body.file(path: file.path, offset: offset, length: length)
            return OutgoingResponse(status: 206, fields: fields, body: body)
        case .unsatisfiable:
            throw RouteFailure(
                Problem(
                    status: 416,
                    code: "range_not_satisfiable",
                    detail: "The image has \(file.byteCount) bytes.",
                    fields: HTTPFields(["Content-Range": "bytes */\(file.byteCount)"])
                )
            )
        }
    }

    private static func contentType(of key: ImageKey) -> String {
        let format = ImageFormat.allCases.first { key.path.hasSuffix(".\($0.fileSuffix)") }
        return (format ?? .png).contentType
    }
}

/// One range of bytes (RFC 9110 §14).
///
/// Several ranges, other units and nonsense mean the whole.
enum ByteRange: Equatable {
    case whole
    case part(offset: Int, length: Int)
    case unsatisfiable

    static func parse(_ value: String?, length: Int) -> ByteRange {
        guard let value, value.hasPrefix("bytes="), !value.contains(",") else { return .whole }
        let ends = value.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.count <= 15 && $0.utf8.allSatisfy(isDigit) })
        else {
            return .whole
        }
        switch (Int(ends[0]), Int(ends[1])) {
        case (nil, nil): return .whole
        case (nil, let suffix?):
            guard suffix > 0, length > 0 else { return .unsatisfiable }
            return .part(offset: max(0, length - suffix), length: min(suffix, length))
        case (let start?, let end):
            if let end, end < start { return .whole }
            guard start < length else { return .unsatisfiable }
            return .part(offset: start, length: min(end ?? length - 1, length - 1) - start + 1)
        }
    }

    /// Whether it is a digit of RFC 9110's grammar: Unicode has more.
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
