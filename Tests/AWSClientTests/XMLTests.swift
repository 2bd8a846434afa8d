import AWSClient
import Testing

@Suite struct XMLTests {
    private func read(_ text: String) throws(XMLError) -> XMLDocument { try XMLDocument([UInt8](text.utf8)) }

    /// What reading the bytes throws, and that it throws soon.
    private func refusal(of bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) -> XMLError? {
        let start = ContinuousClock.now
        defer {
            // A minute would be a bomb; a slow machine in a debug build needs some of these seconds.
            #expect(start.duration(to: .now) < .seconds(5), sourceLocation: sourceLocation)
        }
        do {
            _ = try XMLDocument(bytes)
            return nil
        } catch {
            return error
        }
    }

    private func refusal(of text: String, sourceLocation: SourceLocation = #_sourceLocation) -> XMLError? {
        refusal(of: [UInt8](text.utf8), sourceLocation: sourceLocation)
    }

    // MARK: - What is read

    @Test func `elements are found by name, whatever their namespace`() throws {
        let document = try read(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <Answer xmlns="http://example.com/2012" xmlns:x="urn:x"><One>1</One> <x:Two a="b">2</x:Two><One>3</One></Answer>
            """
        )
        let root = document.root
        #expect(root.name == "Answer")
        #expect(root.text(of: "One") == "1")
        #expect(root.text(of: "Two") == "2")
        #expect(root.children.map(\.name) == ["One", "Two", "One"])
        #expect(root.child("Three") == nil)
        #expect(root.text(of: "On") == nil)
        #expect(root.text(of: "OneMore") == nil)
    }

    @Test func `text is joined from characters, references and CDATA`() throws {
        let document = try read("<a>x &amp; &#x1F600;&#10;<b>not this</b><![CDATA[<y>]]>&quot;é</a>")
        #expect(document.root.text == "x & 😀\n<y>\"é")
    }

    @Test func `an empty element has empty text`() throws {
        #expect(try read("<a><b/><c></c></a>").root.text(of: "b") == "")
        #expect(try read("<a><b/><c></c></a>").root.text == "")
    }

    @Test func `a byte order mark, comments and instructions are passed over`() throws {
        let text =
            "\u{FEFF}<?xml version='1.0' encoding='UTF-8'?><!-- < a='' --><?p <x?><a>1<!-- > -->2<?q?></a>"
        #expect(try read(text).root.text == "12")
    }

    @Test func `elements keep their document alive`() throws {
        let element = try #require(try read("<a><b>still here</b></a>").root.child("b"))
        #expect(element.text == "still here")
    }

    @Test func `a hundred thousand elements are read`() throws {
        let text = "<a>" + String(repeating: "<Message><Body>b</Body></Message>", count: 100_000) + "</a>"
        let document = try read(text)
        #expect(document.root.children.reduce(0) { count, _ in count + 1 } == 100_000)
    }

    @Test func `documents are read on many threads at once`() async throws {
        try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<64 {
                group.addTask { try XMLDocument([UInt8]("<a><b>\(number)</b></a>".utf8)).root.text(of: "b") }
            }
            var seen: Set<String> = []
            for try await text in group { seen.insert(try #require(text)) }
            #expect(seen.count == 64)
        }
    }

    // MARK: - What is refused

    @Test func `a document type is refused, with or without entities`() {
        #expect(refusal(of: "<!DOCTYPE a><a/>") == .documentType)
        #expect(
            refusal(of: "<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'http://192.0.2.1/a.dtd'><a/>")
                == .documentType
        )
        #expect(
            refusal(of: "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>") == .documentType
        )
        #expect(
            refusal(of: "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://192.0.2.1/p'> %p;]><a/>") == .documentType
        )
    }

    @Test func `billions of laughs are refused at the door`() {
        var text = "<!DOCTYPE a [<!ENTITY l0 'ha'>"
        for level in 1...30 {
            text += "<!ENTITY l\(level) '" + String(repeating: "&l\(level - 1);", count: 10) + "'>"
        }
        #expect(refusal(of: text + "]><a b='&l30;'>&l30;</a>") == .documentType)
        let quadratic = "<!DOCTYPE a [<!ENTITY x '" + String(repeating: "x", count: 100_000) + "'>]><a>"
        #expect(refusal(of: quadratic + String(repeating: "&x;", count: 100_000) + "</a>") == .documentType)
    }

    @Test func `an undeclared entity is malformed`() {
        #expect(refusal(of: "<a>&xxe;</a>") == .malformed(code: 26))
    }

    @Test func `XInclude is not followed`() throws {
        let text =
            "<a xmlns:i='http://www.w3.org/2001/XInclude'><i:include parse='text' href='file:///etc/passwd'/></a>"
        #expect(try read(text).root.children.map(\.text) == [""])
    }

    @Test func `nesting is read to the limit and refused beyond`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        _ = try read(nested(XMLDocument.maximumDepth))
        #expect(refusal(of: nested(XMLDocument.maximumDepth + 1)) == .tooDeep(limit: 64))
        #expect(refusal(of: nested(100_000)) == .tooDeep(limit: 64))
        #expect(refusal(of: String(repeating: "<a>", count: 1_000_000)) == .tooDeep(limit: 64))
    }

    @Test func `attributes are counted before libxml2 compares them`() throws {
        func element(_ count: Int) -> String {
            "<a " + (0..<count).map { "a\($0)='>'" }.joined(separator: " ") + "/>"
        }
        _ = try read(element(64))
        #expect(refusal(of: element(65)) == .tooManyAttributes(limit: 64))
        #expect(refusal(of: element(100_000)) == .tooManyAttributes(limit: 64))
        // Hidden behind a mistake that a lenient reader would pass over.
        #expect(refusal(of: "<x><b c=d\" " + element(100_000)) != nil)
        #expect(refusal(of: "<x><!-- \u{1} " + element(100_000) + " --></x>") != nil)
        #expect(refusal(of: "<x><?p \u{1} " + element(100_000) + "?></x>") != nil)
    }

    @Test func `equal signs in text are not attributes`() throws {
        let text = String(repeating: "a=\"b\" ", count: 1000)
        #expect(try read("<a>\(text)</a>").root.text == text)
    }

    @Test func `a text above the limit is refused unread`() {
        let long = [UInt8](repeating: UInt8(ascii: " "), count: XMLDocument.maximumBytes + 1)
        #expect(refusal(of: long) == .tooLarge(limit: 16 * 1024 * 1024))
    }

    @Test func `huge CDATA is refused`() {
        func section(_ count: Int) -> String { "<a><![CDATA[\(String(repeating: "x", count: count))]]></a>" }
        #expect(refusal(of: section(11_000_000)) != nil)
        #expect(refusal(of: section(50_000_000)) == .tooLarge(limit: XMLDocument.maximumBytes))
    }

    @Test func `other encodings are refused`() {
        for name in ["UTF-16", "UTF-7", "ISO-8859-1", "EBCDIC-CP-US", "US-ASCII", "x", ""] {
            #expect(refusal(of: "<?xml version='1.0' encoding='\(name)'?><a/>") == .encoding, "\(name)")
        }
        let wide = "<?xml version='1.0'?><a/>".utf16
        #expect(refusal(of: wide.flatMap { [UInt8($0), 0] }) == .encoding)
        #expect(refusal(of: wide.flatMap { [0, UInt8($0)] }) == .encoding)
        #expect(refusal(of: [0xFF, 0xFE] + wide.flatMap { [UInt8($0), 0] }) == .encoding)
        #expect(refusal(of: [0xFE, 0xFF] + wide.flatMap { [0, UInt8($0)] }) == .encoding)
        #expect(refusal(of: [0x4C, 0x6F, 0xA7, 0x94, 0x93]) != nil)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        for bytes: [UInt8] in [
            [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80], [0],
            [1],
            [0xEF, 0xBF, 0xBE],
        ] {
            #expect(refusal(of: [UInt8]("<a>".utf8) + bytes + [UInt8]("</a>".utf8)) != nil, "\(bytes)")
        }
    }

    @Test func `what is not XML is malformed`() {
        for text in [
            "", " ", "\u{FEFF}", "<", "<a", "<a>", "</a>", "<a></b>", "<a/><b/>", "text", "{}", "<a>&</a>",
            "<a b></a>",
            "<a b=c/>", "<a b='1' b='2'/>", "<!--", "<a><![CDATA[", "<?xml", "<?xml version='1.0'?>",
            "<a>]]></a>",
            "<html><body><br></body></html>", "<a xmlns:x='y'><z:b/></a>",
        ] {
            #expect(refusal(of: text) != nil, "\(text)")
        }
    }

    @Test func `every truncation of an answer is refused`() throws {
        let answer = [UInt8](
            "<?xml version=\"1.0\"?><R xmlns=\"http://queue/\"><M><Body>a&amp;b</Body><!-- c --></M></R>".utf8
        )
        _ = try XMLDocument(answer)
        for length in 0..<answer.count {
            #expect(refusal(of: Array(answer.prefix(length))) != nil, "\(length)")
        }
    }

    @Test func `mutations end in an answer or an error`() {
        let answer = [UInt8](
            "<R xmlns=\"http://q/\"><M a='1'><B>a&amp;b</B><![CDATA[x]]><!-- c --></M></R>".utf8
        )
        for index in answer.indices {
            for byte: UInt8 in [0, 0x3C, 0x3E, 0x26, 0x22, 0x21, 0x80, 0xFF] {
                var mutated = answer
                mutated[index] = byte
                _ = refusal(of: mutated)
            }
        }
    }

    @Test func `descriptions say nothing of the content`() {
        let error = refusal(of: "<a>secret &secret; </b>")
        #expect(error?.description == "not well-formed XML (libxml2 code 26)")
    }
}
