import FoundationEssentials
import ImageJobs
import Testing

struct PromptTests {
    @Test func `a prompt may have 32,000 characters and not one more`() throws {
        #expect(try Prompt(String(repeating: "a", count: 32_000)).text.count == 32_000)
        #expect(throws: Prompt.Failure.tooLong(limit: 32_000)) {
            try Prompt(String(repeating: "a", count: 32_001))
        }
        // Combining marks are one grapheme but many scalars.
        #expect(throws: Prompt.Failure.tooLong(limit: 32_000)) {
            try Prompt("a" + String(repeating: "\u{301}", count: 32_000))
        }
        #expect(try Prompt(String(repeating: "\u{1F431}", count: 32_000)).text.unicodeScalars.count == 32_000)
    }

    @Test(arguments: ["", " ", "\n\t", "\u{A0}\u{2003}"])
    func `blank text is no prompt`(_ text: String) {
        #expect(throws: Prompt.Failure.empty) { try Prompt(text) }
    }

    @Test func `NUL is refused`() {
        #expect(throws: Prompt.Failure.containsNUL) { try Prompt("a\0b") }
    }
}

struct ImageRequestTests {
    @Test func `a request survives its encoding`() throws {
        let request = ImageRequest(
            prompt: try Prompt("A red cat \"playing\" guitar \u{1F3B8}\n"),
            model: "mock",
            size: PixelSize(width: 1024, height: 576),
            count: 3,
            seed: -5,
            referenceImageURLs: ["https://example.com/a.png"],
            metadata: ["a": "b"]
        )
        let data = try JSONEncoder().encode(request)
        #expect(try JSONDecoder().decode(ImageRequest.self, from: data) == request)
    }
}

struct AspectRatioTests {
    @Test(arguments: AspectRatio.allCases)
    func `a size has about a megapixel, the ratio, and edges in multiples of 16`(_ ratio: AspectRatio) throws
    {
        let size = ratio.size()
        let parts = ratio.rawValue.split(separator: ":").compactMap { Double($0) }
        let wanted = try #require(parts.first) / #require(parts.last)
        #expect(size.width.isMultiple(of: 16) && size.height.isMultiple(of: 16))
        #expect(abs(Double(size.width) / Double(size.height) / wanted - 1) < 0.03)
        #expect(abs(Double(size.width * size.height) / 1_048_576 - 1) < 0.05)
    }
}
