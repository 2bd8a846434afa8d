/// Why a text was not read as XML.
///
/// Says nothing of the text's content.
package enum XMLError: Error, Sendable, Equatable, CustomStringConvertible {
    case tooLarge(limit: Int)
    case tooDeep(limit: Int)
    /// One element has too many attributes.
    case tooManyAttributes(limit: Int)
    /// The text has a document type declaration, which is where entities come from.
    case documentType
    /// Declared, or visibly written, in something else than UTF-8.
    case encoding
    /// Not well-formed, cut short, or not UTF-8; the code is libxml2's.
    case malformed(code: Int)

    package var description: String {
        switch self {
        case .tooLarge(let limit): "XML of more than \(limit) bytes"
        case .tooDeep(let limit): "XML nested deeper than \(limit)"
        case .tooManyAttributes(let limit): "XML element with more than \(limit) attributes"
        case .documentType: "XML with a document type"
        case .encoding: "XML that is not UTF-8"
        case .malformed(let code): "not well-formed XML (libxml2 code \(code))"
        }
    }
}
