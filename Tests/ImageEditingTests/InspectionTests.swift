import ImageJobs
import TestSupport
import Testing

@testable import ImageEditing

struct InspectionTests {
    private let editor = VipsEditor()
    private let size = PixelSize(width: 24, height: 16)

    @Test func `knows the three formats and their sizes`() async throws {
        #expect(try await editor.inspect(SampleImage.jpeg) == ImageFacts(format: .jpeg, size: size))
        #expect(
            try await editor.inspect(SampleImage.progressiveJPEG) == ImageFacts(format: .jpeg, size: size)
        )
        #expect(try await editor.inspect(SampleImage.webP) == ImageFacts(format: .webp, size: size))
        #expect(try await editor.inspect(SampleImage.losslessWebP) == ImageFacts(format: .webp, size: size))
        #expect(
            try await editor.inspect(SampleImage.transparentWebP) == ImageFacts(format: .webp, size: size)
        )
    }

    @Test(arguments: [SampleImage.gif, SampleImage.animatedWebP, SampleImage.animatedPNG])
    func `refuses what moves`(_ bytes: [UInt8]) async {
        #expect(await isUndecodable(bytes))
    }

    @Test(arguments: [
        "", "\u{89}PNG", "<!DOCTYPE html><html></html>", "<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        "<?xml version='1.0'?><svg/>", "GIF89a", "%PDF-1.7", "BM", "II*\u{0}", "RIFF\u{0}\u{0}\u{0}\u{0}WEBP",
        "RIFFxxxxWEBPVP8 ", "RIFFxxxxAVI ",
    ])
    func `refuses other files by their first bytes`(_ text: String) async {
        #expect(await isUndecodable(Array(text.utf8)))
    }

    @Test func `refuses a signature alone`() async {
        #expect(await isUndecodable(HostileBytes.pngSignature))
        #expect(await isUndecodable([0xFF, 0xD8, 0xFF]))
        #expect(await isUndecodable([0xFF, 0xD8, 0xFF, 0xD9]))
    }

    @Test func `refuses every truncation`() async throws {
        let png = try await editor.draw(ImageEditorContract<VipsEditor>.picture())
        for whole in [
            png, SampleImage.jpeg, SampleImage.progressiveJPEG, SampleImage.webP, SampleImage.losslessWebP,
        ] {
            for part in stride(from: 1, to: whole.count, by: max(1, whole.count / 40)) {
                #expect(await isUndecodable(Array(whole.prefix(part))), "cut at \(part) of \(whole.count)")
            }
        }
    }

    @Test func `refuses a picture whose pixel data is damaged`() async throws {
        var png = try await editor.draw(ImageEditorContract<VipsEditor>.picture())
        png[png.count / 2] ^= 0xFF
        #expect(await isUndecodable(png))
    }

    @Test func `refuses files that are two things at once`() async throws {
        let png = try await editor.draw(ImageEditorContract<VipsEditor>.picture())
        for whole in [png, SampleImage.jpeg, SampleImage.webP] {
            #expect(await isUndecodable(whole + Array("<html><script>alert(1)</script>".utf8)))
            #expect(await isUndecodable(whole + Array("PK\u{3}\u{4}".utf8)))
            #expect(await isUndecodable(Array("GIF89a/*".utf8) + whole))
        }
    }

    @Test func `refuses bombs by their header`() async {
        for bytes in [
            HostileBytes.png(width: 65_535, height: 65_535), HostileBytes.png(width: .max, height: .max),
            HostileBytes.png(width: 16_385, height: 1), HostileBytes.png(width: 10_000, height: 5_001),
            HostileBytes.png(width: 7_000, height: 7_000, depth: 16, interlaced: true),
            HostileBytes.jpeg(width: 65_535, height: 65_535),
            HostileBytes.jpeg(width: 7_000, height: 7_000, marker: 0xC2),
            HostileBytes.webp(width: 16_777_216, height: 16_777_216),
        ] {
            await #expect(throws: ImageEditorError.tooLarge) { try await editor.inspect(bytes) }
        }
    }

    @Test func `refuses headers that promise pixels and bring none`() async {
        for bytes in [
            HostileBytes.png(width: 10, height: 10), HostileBytes.png(width: 0, height: 10),
            HostileBytes.jpeg(width: 10, height: 10), HostileBytes.jpeg(width: 10, height: 0),
            HostileBytes.jpeg(width: 10, height: 10, marker: 0xC9), HostileBytes.webp(width: 10, height: 10),
            HostileBytes.webp(width: 10, height: 10, flags: 0x02),
        ] { #expect(await isUndecodable(bytes)) }
    }

    @Test func `refuses a chunk that claims four gigabytes`() async {
        let header = Array(HostileBytes.png(width: 10, height: 10).prefix(33))
        #expect(await isUndecodable(header + [0xFF, 0xFF, 0xFF, 0xFF] + Array("zTXt".utf8)))
    }

    @Test func `counts bytes, pixels and edges to the limit and not beyond`() async throws {
        var settings = VipsEditor.Settings()
        settings.limits.bytes = SampleImage.jpeg.count
        settings.limits.pixels = 24 * 16
        settings.limits.edge = 24
        #expect(try await VipsEditor(settings).inspect(SampleImage.jpeg).size == size)

        for tighten: (inout ImageLimits) -> Void in [{ $0.bytes -= 1 }, { $0.pixels -= 1 }, { $0.edge -= 1 }]
        {
            var tighter = settings
            tighten(&tighter.limits)
            let editor = VipsEditor(tighter)
            await #expect(throws: ImageEditorError.tooLarge) { try await editor.inspect(SampleImage.jpeg) }
        }
    }

    private func isUndecodable(_ bytes: [UInt8]) async -> Bool {
        do throws(ImageEditorError) {
            _ = try await editor.inspect(bytes)
            return false
        } catch {
            if case .undecodable = error { return true }
            return false
        }
    }
}
