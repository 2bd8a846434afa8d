package import ImageJobs
import Testing

/// What every `ImageEditor` must do.
package struct ImageEditorContract<Editor: ImageEditor> {
    private let editor: Editor

    package init(_ editor: Editor) { self.editor = editor }

    /// Runs every promise.
    package func verify() async throws {
        try await drawsPNGsOfTheExactSize()
        try await drawsTheSameBytesForTheSamePicture()
        try await drawsWhatTheDescriptionSays()
        try await drawsAnyCaption()
        await refusesWhatIsNoWholeImage()
        await refusesToWorkForACancelledTask()
    }

    /// A picture for tests.
    package static func picture(
        _ size: PixelSize = PixelSize(width: 96, height: 80),
        caption: String = "a caption"
    ) -> Picture {
        let disc = Picture.Disc(
            x: 0.3,
            y: 0.3,
            radius: 0.2,
            color: Color(red: 250, green: 240, blue: 10),
            opacity: 0.5
        )
        return Picture(
            size: size,
            topLeft: Color(red: 20, green: 40, blue: 90),
            bottomRight: Color(red: 200, green: 90, blue: 60),
            discs: [disc],
            caption: caption
        )
    }

    private func drawsPNGsOfTheExactSize() async throws {
        for (width, height) in [(64, 64), (160, 90), (90, 160), (1, 1), (300, 7), (7, 300)] {
            let size = PixelSize(width: width, height: height)
            let bytes = try await editor.draw(Self.picture(size))
            #expect(try await editor.inspect(bytes) == ImageFacts(format: .png, size: size))
        }
    }

    private func drawsTheSameBytesForTheSamePicture() async throws {
        let first = try await editor.draw(Self.picture())
        #expect(try await editor.draw(Self.picture()) == first)
    }

    private func drawsWhatTheDescriptionSays() async throws {
        let first = try await editor.draw(Self.picture())
        #expect(try await editor.draw(Self.picture(caption: "another")) != first)
        let plain = Picture(
            size: Self.picture().size,
            topLeft: Self.picture().topLeft,
            bottomRight: Self.picture().bottomRight,
            discs: [],
            caption: Self.picture().caption
        )
        #expect(try await editor.draw(plain) != first)
    }

    private func drawsAnyCaption() async throws {
        for caption in [
            "", " \n\t ", "<b>&amp;</i", String(repeating: "long ", count: 6_400), "\u{1}\u{202E}\u{FFFF}",
        ] {
            let bytes = try await editor.draw(Self.picture(caption: caption))
            #expect(try await editor.inspect(bytes).size == Self.picture().size)
        }
    }

    private func refusesWhatIsNoWholeImage() async {
        for bytes in [[], [0], Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), Array("GIF89a".utf8)]
        {
            await #expect {
                try await editor.inspect(bytes)
            } throws: { error in
                if case .undecodable? = error as? ImageEditorError { true } else { false }
            }
        }
    }

    private func refusesToWorkForACancelledTask() async {
        let editor = editor
        let outcome = await withTaskGroup(of: ImageEditorError?.self) { group in
            group.cancelAll()
            group.addTask {
                do throws(ImageEditorError) {
                    _ = try await editor.draw(Self.picture())
                    return nil
                } catch {
                    return error
                }
            }
            return await group.next() ?? nil
        }
        #expect(outcome == .cancelled)
    }
}
