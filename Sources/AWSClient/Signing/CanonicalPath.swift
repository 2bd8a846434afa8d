/// A URL's path in the form that is signed.
///
/// S3 signs the path as it is sent, encoded once: `a//b` and `a/../b` are different keys. Every other service
/// removes `.` and `..` segments and empty ones, and encodes what was sent once more.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
enum CanonicalPath {
    static func append(_ path: ArraySlice<UInt8>, for service: AWSService, to text: inout [UInt8]) {
        guard !path.isEmpty else { return text.append(slash) }
        if service == .s3 {
            appendOnceEncoded(path, to: &text)
        } else if path.count == 1 {
            text.append(slash)
        } else {
            PercentEncoding.append(normalised(path), keepingSlash: true, to: &text)
        }
    }

    /// Encodes what the caller left bare; escapes that are there stay as they are sent.
    private static func appendOnceEncoded(_ path: ArraySlice<UInt8>, to text: inout [UInt8]) {
        for index in path.indices {
            let byte = path[index]
            if PercentEncoding.isUnreserved(byte) || byte == slash
                || PercentEncoding.unescapedByte(in: path, at: index) != nil
            {
                text.append(byte)
            } else {
                PercentEncoding.appendEscape(byte, to: &text)
            }
        }
    }

    /// Removes dot segments as RFC 3986 §5.2.4 does, and empty segments with them.
    ///
    /// A path that ends in a dot segment names a directory and keeps its last slash, as the RFC has it.
    private static func normalised(_ path: ArraySlice<UInt8>) -> [UInt8] {
        var kept: [ArraySlice<UInt8>] = []
        let segments = path.split(separator: slash, omittingEmptySubsequences: false)
        var endsInDirectory = false
        for segment in segments {
            endsInDirectory = segment.isEmpty || isDot(segment) || isDoubleDot(segment)
            if isDoubleDot(segment) {
                _ = kept.popLast()
            } else if !endsInDirectory {
                kept.append(segment)
            }
        }
        var normal: [UInt8] = []
        normal.reserveCapacity(path.count)
        for segment in kept {
            normal.append(slash)
            normal.append(contentsOf: segment)
        }
        if endsInDirectory || normal.isEmpty { normal.append(slash) }
        return normal
    }

    private static func isDot(_ segment: ArraySlice<UInt8>) -> Bool {
        segment.elementsEqual(CollectionOfOne(dot))
    }

    private static func isDoubleDot(_ segment: ArraySlice<UInt8>) -> Bool {
        segment.count == 2 && segment.allSatisfy { $0 == dot }
    }

    private static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")
}
