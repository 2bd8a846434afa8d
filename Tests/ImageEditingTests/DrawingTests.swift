import ImageJobs
import TestSupport
import Testing

@testable import ImageEditing

struct DrawingTests {
    private let editor = VipsEditor()

    @Test func `honours the image editor contract`() async throws {
        try await ImageEditorContract(VipsEditor()).verify()
    }

    @Test(arguments: [
        "<b>bold</b> & <span size='9999999'>", "&#0;&#xD800;&bogus;", "\u{0}\u{1}\u{7F}\u{85}", "<\u{338}b>",
        "a" + String(repeating: "\u{301}", count: 31_999), String(repeating: "\u{20DD}", count: 32_000),
        String(repeating: "x", count: 32_000), "line\r\nline\u{2028}line\u{B}line", "🦊👩‍🚀🏳️‍🌈🇨🇭",
        "עברית שלום \u{202E}العربية\u{202C}", "中文字幕", "\u{FFFF}\u{10FFFF}\u{E000}", "%s%n${jndi:x}",
        String(repeating: "﷽", count: 500), "\u{200B}\u{200D}\u{FE0F}",
    ])
    func `draws hostile captions`(_ caption: String) async throws {
        for size in [PixelSize(width: 64, height: 64), PixelSize(width: 320, height: 120)] {
            let picture = ImageEditorContract<VipsEditor>.picture(size, caption: caption)
            #expect(try await editor.inspect(editor.draw(picture)).size == size)
        }
    }

    @Test func `takes markup as text`() async throws {
        let size = PixelSize(width: 320, height: 120)
        let bold = ImageEditorContract<VipsEditor>.picture(size, caption: "<i>a</i>")
        let plain = ImageEditorContract<VipsEditor>.picture(size, caption: "a")
        #expect(try await editor.draw(bold) != editor.draw(plain))
        #expect(Caption("<i>&\"").markup == "&lt;i&gt;&amp;\"")
    }

    @Test func `draws discs that lie outside, are empty or are enormous`() async throws {
        let places = [(-5.0, 0.5, 0.1), (0.5, 9, 0.2), (0.5, 0.5, 0), (0.5, 0.5, 40), (0.5, 0.5, -1)]
        let discs = places.map { x, y, radius in
            Picture.Disc(x: x, y: y, radius: radius, color: Color(red: 1, green: 2, blue: 3), opacity: 3)
        }
        let plain = ImageEditorContract<VipsEditor>.picture()
        let picture = Picture(
            size: plain.size,
            topLeft: plain.topLeft,
            bottomRight: plain.bottomRight,
            discs: discs,
            caption: ""
        )
        #expect(try await editor.inspect(editor.draw(picture)).size == plain.size)
    }

    @Test func `refuses sizes that are no picture`() async {
        for (width, height) in [(0, 10), (10, -1)] {
            let picture = ImageEditorContract<VipsEditor>.picture(PixelSize(width: width, height: height))
            await #expect(throws: ImageEditorError.failed(reason: "a picture without pixels")) {
                try await editor.draw(picture)
            }
        }
        let picture = ImageEditorContract<VipsEditor>.picture(PixelSize(width: 16_384, height: 16_384))
        await #expect(throws: ImageEditorError.tooLarge) { try await editor.draw(picture) }
    }

    @Test func `never names the caption in an error`() throws {
        let library = try VipsLibrary.loaded()
        #expect(throws: ImageEditorError.failed(reason: "text")) {
            let mask = try Raster.text(
                markup: "<private words",
                font: "DejaVu Sans 12",
                width: 100,
                library
            )
            Issue.record("set \(mask.size)")
        }
    }

    @Test func `draws sixteen pictures at once`() async throws {
        let editor = editor
        let alone = try await editor.draw(ImageEditorContract<VipsEditor>.picture(caption: "3"))
        let drawn = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            for number in 0..<16 {
                group.addTask {
                    let picture = ImageEditorContract<VipsEditor>.picture(caption: "\(number)")
                    return (number, try await editor.draw(picture))
                }
            }
            return try await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
        }
        #expect(Set(drawn.values).count == 16)
        #expect(drawn[3] == alone)
    }
}
