import Testing

@testable import ImageEditing

struct CaptionTests {
    @Test func `becomes one line of printable characters`() {
        #expect(Caption(" a\r\n\tb\u{0}\u{7F}\u{202E}c\u{2028} ").markup == "a bc")
        #expect(Caption("\u{1}\n\u{FFFF}").isEmpty)
    }

    @Test func `is cut with an ellipsis beyond its limit`() {
        let limit = Caption.characterLimit
        #expect(Caption(String(repeating: "x", count: limit)).markup == String(repeating: "x", count: limit))
        let cut = Caption(String(repeating: "x", count: 32_000)).markup
        #expect(cut.last == "…")
        #expect(cut.count <= limit + 2)
        #expect(Caption("one two three").cut(to: 4).markup == "one…")
    }

    @Test func `keeps a few marks on a letter`() {
        let zalgo = Caption("e" + String(repeating: "\u{301}", count: 1_000)).markup
        #expect(zalgo.unicodeScalars.count <= 5)
    }

    @Test func `escapes by scalar, not by character`() {
        #expect(Caption("<\u{338}b>&").markup == "&lt;\u{338}b&gt;&amp;")
    }
}
