import CXML2

/// One run of libxml2 with everything dangerous turned off, ended by the first thing that is wrong.
@safe
struct XMLParser: ~Copyable {
    /// Why a callback ended the run; kept as the address in `_private`, which libxml2 leaves to its users.
    private enum Refusal: Int {
        case documentType = 1
        case tooDeep
    }

    /// No network, no messages on standard error, CDATA as text.
    ///
    /// Entities (`NOENT`), external subsets (`DTDLOAD`, `DTDATTR`, `DTDVALID`), XInclude, the lifted limits of
    /// `HUGE` and the guesses of `RECOVER` stay off.
    private static let options =
        XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        | XML_PARSE_NOCDATA.rawValue

    /// Must run once before several threads parse: https://gnome.pages.gitlab.gnome.org/libxml2/html/ (threads).
    private static let library: Void = xmlInitParser()

    private let context: xmlParserCtxtPtr

    init() {
        Self.library
        guard let context = unsafe xmlNewParserCtxt(), let handlers = unsafe context.pointee.sax else {
            preconditionFailure("libxml2 cannot allocate a parser")
        }
        unsafe Self.guardAgainstSurprises(handlers)
        unsafe self.context = context
    }

    deinit { unsafe xmlFreeParserCtxt(context) }

    /// The tree, which the caller frees.
    func parse(_ text: [UInt8]) throws(XMLError) -> xmlDocPtr {
        // At most XMLDocument.maximumBytes, which fits.
        let document = unsafe text.withUnsafeBytes { bytes in
            unsafe xmlCtxtReadMemory(
                context,
                bytes.baseAddress,
                Int32(bytes.count),
                nil,
                nil,
                Int32(Self.options)
            )
        }
        if let document = unsafe document { return unsafe document }
        switch Refusal(rawValue: Int(bitPattern: unsafe context.pointee._private)) {
        case .documentType: throw .documentType
        case .tooDeep: throw .tooDeep(limit: XMLDocument.maximumDepth)
        case nil: throw .malformed(code: Int(unsafe context.pointee.errNo))
        }
    }

    /// Puts our checks before libxml2's own handlers, which are the context's own copy.
    private static func guardAgainstSurprises(_ handlers: UnsafeMutablePointer<xmlSAXHandler>) {
        // Called at "<!DOCTYPE", before anything in it is read.
        unsafe handlers.pointee.internalSubset = { context, _, _, _ in
            unsafe XMLParser.stop(context, because: .documentType)
        }
        unsafe handlers.pointee.startElementNs = {
            context,
            name,
            prefix,
            uri,
            namespaceCount,
            namespaces,
            attributeCount,
            defaultedCount,
            attributes in
            guard let context = unsafe context else { return }
            let parser = unsafe context.assumingMemoryBound(to: xmlParserCtxt.self)
            guard unsafe parser.pointee.nodeNr < XMLDocument.maximumDepth else {
                return unsafe XMLParser.stop(context, because: .tooDeep)
            }
            unsafe xmlSAX2StartElementNs(
                context,
                name,
                prefix,
                uri,
                namespaceCount,
                namespaces,
                attributeCount,
                defaultedCount,
                attributes
            )
        }
        // Without RECOVER libxml2 reports nothing more after an error, but reads on to the end.
        unsafe handlers.pointee.serror = { context, error in
            guard let error = unsafe error, unsafe error.pointee.level.rawValue >= XML_ERR_ERROR.rawValue
            else {
                return
            }
            unsafe XMLParser.stop(context, because: nil)
        }
    }

    /// Ends the run and makes it a failure: libxml2 frees what it had built.
    private static func stop(_ context: UnsafeMutableRawPointer?, because refusal: Refusal?) {
        guard let parser = unsafe context?.assumingMemoryBound(to: xmlParserCtxt.self) else { return }
        if let refusal {
            unsafe parser.pointee._private = UnsafeMutableRawPointer(bitPattern: refusal.rawValue)
        }
        let code = unsafe parser.pointee.errNo
        unsafe parser.pointee.wellFormed = 0
        unsafe xmlStopParser(parser)
        // Stopping writes XML_ERR_USER_STOP over the error that is to be told.
        if refusal == nil { unsafe parser.pointee.errNo = code }
    }
}
