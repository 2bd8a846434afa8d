import CXML2

/// One element of a document: its name, its text and the elements inside it.
///
/// Namespaces are ignored: AWS names are unique without them. Nothing is copied before it is asked for.
@safe
package struct XMLElement {
    private let node: xmlNodePtr
    // Keeps the tree alive that `node` points into; the tree never changes.
    private let document: XMLDocument

    init(node: xmlNodePtr, document: XMLDocument) {
        unsafe self.node = node
        self.document = document
    }

    /// The name, without its prefix.
    package var name: String { unsafe Self.string(node.pointee.name) }

    /// Whether this is the element's name, without its prefix.
    package func isNamed(_ name: StaticString) -> Bool {
        guard let own = unsafe node.pointee.name else { return false }
        // libxml2 ends every name with NUL: `own` has at least the bytes that strncmp finds equal, and one more.
        let length = name.utf8CodeUnitCount
        return unsafe xmlStrncmp(own, name.utf8Start, Int32(length)) == 0 && own[length] == 0
    }

    /// The text directly inside, without that of inner elements.
    package var text: String {
        var child = unsafe node.pointee.children
        guard let only = unsafe child else { return "" }
        if unsafe only.pointee.next == nil, unsafe Self.isText(only) {
            return unsafe Self.string(only.pointee.content)
        }
        var text = ""
        while let current = unsafe child {
            if unsafe Self.isText(current) { text += unsafe Self.string(current.pointee.content) }
            unsafe child = current.pointee.next
        }
        return text
    }

    /// The elements directly inside, in order.
    package var children: Children { Children(parent: self) }

    /// The first element of that name directly inside, or nil.
    package func child(_ name: StaticString) -> XMLElement? { children.first { $0.isNamed(name) } }

    /// The text of the first element of that name directly inside, or nil without such an element.
    package func text(of name: StaticString) -> String? { child(name)?.text }

    /// Walks the elements directly inside an element.
    @safe
    package struct Children: Sequence, IteratorProtocol {
        private let parent: XMLElement
        private var upcoming: xmlNodePtr?

        fileprivate init(parent: XMLElement) {
            self.parent = parent
            unsafe upcoming = parent.node.pointee.children
        }

        package mutating func next() -> XMLElement? {
            while let node = unsafe upcoming {
                unsafe upcoming = node.pointee.next
                if unsafe node.pointee.type == XML_ELEMENT_NODE {
                    return unsafe XMLElement(node: node, document: parent.document)
                }
            }
            return nil
        }
    }

    private static func isText(_ node: xmlNodePtr) -> Bool { unsafe node.pointee.type == XML_TEXT_NODE }

    /// Copies text that libxml2 has checked to be UTF-8, and ended with NUL.
    private static func string(_ text: UnsafePointer<xmlChar>?) -> String {
        guard let text = unsafe text else { return "" }
        return unsafe String(
            decoding: UnsafeBufferPointer(start: text, count: Int(xmlStrlen(text))),
            as: UTF8.self
        )
    }

    private static func string(_ text: UnsafeMutablePointer<xmlChar>?) -> String {
        unsafe string(UnsafePointer(text))
    }
}
