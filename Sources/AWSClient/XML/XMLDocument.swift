import CXML2

/// A service's answer, read as XML: bounded in size and depth, without document type, entities or network.
///
/// Elements read from it keep it alive.
@safe
package final class XMLDocument {
    /// The largest text that is read.
    package static let maximumBytes = 16 * 1024 * 1024
    /// The deepest nesting that is read, the root being the first level.
    package static let maximumDepth = 64

    private let document: xmlDocPtr
    private let rootNode: xmlNodePtr

    /// Reads the text, or says why it is refused.
    ///
    /// What is refused costs no more than one pass over it.
    package init(_ text: [UInt8]) throws(XMLError) {
        guard text.count <= Self.maximumBytes else { throw .tooLarge(limit: Self.maximumBytes) }
        try XMLPrecheck.check(text)
        let parser = XMLParser()
        let document = unsafe try parser.parse(text)
        guard let root = unsafe xmlDocGetRootElement(document) else {
            unsafe xmlFreeDoc(document)
            throw .malformed(code: Int(XML_ERR_DOCUMENT_EMPTY.rawValue))
        }
        unsafe self.document = document
        unsafe rootNode = root
    }

    deinit { unsafe xmlFreeDoc(document) }

    /// The outermost element.
    package var root: XMLElement { unsafe XMLElement(node: rootNode, document: self) }
}
