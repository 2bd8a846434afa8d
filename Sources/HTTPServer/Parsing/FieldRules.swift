import HTTPMessages

/// What single fields mean for the message around them, gathered while the head is read.
struct FieldRules {
    /// The authority of an absolute-form target.
    var authority: String?

    private var contentLength: Int?
    private var transferCodings = 0
    private var hosts = 0
    private var authorizations = 0
    private var wantsClose = false
    private var wantsKeepAlive = false
    private var expectsContinue = false
    private var expectsOther = false

    /// Looks at one field; `name` is in lower case and `value` has no blanks around it.
    mutating func note(_ name: String, _ value: Span<UInt8>) throws(RequestRefusal) {
        // Most names differ in length from all that matter here, so the length is asked first.
        switch name.utf8.count {
        case 4 where name == "host": try noteHost(value)
        case 6 where name == "expect": noteExpectation(value)
        case 10 where name == "connection": try noteConnection(value)
        case 13 where name == "authorization":
            authorizations += 1
            if authorizations > 1 { throw .malformed("The request has two Authorization fields.") }
        case 14 where name == "content-length": try noteLength(value)
        case 16 where name == "content-encoding":
            if !value.equalsLowercased("identity") { throw .contentEncoded }
        case 17 where name == "transfer-encoding":
            transferCodings += 1
            if transferCodings > 1 { throw .malformed("The request has two Transfer-Encoding fields.") }
            if !value.equalsLowercased("chunked") { throw .transferCodingUnknown }
        default: break
        }
    }

    /// Checks the fields against each other and against the version, once all are known.
    func finish(_ head: RequestHead) throws(RequestRefusal) -> RequestHead {
        var head = head
        if transferCodings > 0 {
            // RFC 9112 §6.1 and §6.3: these are what smuggling is made of, so nothing is guessed.
            guard contentLength == nil else {
                throw .malformed("The request has both Transfer-Encoding and Content-Length.")
            }
            guard !head.isVersion10 else {
                throw .malformed("HTTP/1.0 knows no Transfer-Encoding.")
            }
            head.framing = .chunked
        } else {
            head.framing = .length(contentLength ?? 0)
        }
        guard hosts == 1 || head.isVersion10 else { throw .malformed("The request has no Host field.") }
        if let authority { head.fields.set("host", authority) }
        // RFC 9110 §10.1.1: an expectation in an HTTP/1.0 request is ignored.
        if expectsOther, !head.isVersion10 { throw .expectationUnknown }
        head.expectsContinue = expectsContinue && !head.isVersion10
        head.keepsAlive = !wantsClose && (!head.isVersion10 || wantsKeepAlive)
        return head
    }

    private mutating func noteHost(_ value: Span<UInt8>) throws(RequestRefusal) {
        hosts += 1
        if hosts > 1 { throw .malformed("The request has two Host fields.") }
        for index in value.indices where !OctetClass.host.contains(value[index]) {
            throw .malformed("The Host field is invalid.")
        }
    }

    private mutating func noteExpectation(_ value: Span<UInt8>) {
        if value.equalsLowercased("100-continue") { expectsContinue = true } else { expectsOther = true }
    }

    /// Reads digits only: no sign, no list, no hexadecimal, and few enough of them not to overflow.
    private mutating func noteLength(_ value: Span<UInt8>) throws(RequestRefusal) {
        guard contentLength == nil else {
            throw .malformed("The request has two Content-Length fields.")
        }
        guard value.count >= 1, value.count <= 15 else {
            throw .malformed("The Content-Length field is invalid.")
        }
        var length = 0
        for index in value.indices {
            guard value[index].isDigit else { throw .malformed("The Content-Length field is invalid.") }
            length = length * 10 + Int(value[index] - 0x30)
        }
        contentLength = length
    }

    /// Reads a list of tokens; empty elements are ignored as RFC 9110 §5.6.1.2 asks.
    private mutating func noteConnection(_ value: Span<UInt8>) throws(RequestRefusal) {
        var start = 0
        while start <= value.count {
            var end = start
            while end < value.count, value[end] != .comma { end += 1 }
            let element = value.extracting(start..<end)
            let option = element.extracting(element.rangeWithoutBlanks)
            for index in option.indices where !OctetClass.token.contains(option[index]) {
                throw .malformed("The Connection field is invalid.")
            }
            if option.equalsLowercased("close") { wantsClose = true }
            if option.equalsLowercased("keep-alive") { wantsKeepAlive = true }
            start = end + 1
        }
    }
}
