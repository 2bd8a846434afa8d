package import ImageJobs

/// Jobs, images and failures for tests that do not care which.
package enum SampleJobs {
    /// An id nobody has used.
    package static func id() -> JobID {
        JobID(
            millisecondsSinceEpoch: 1_767_225_600_000 + .random(in: 0..<1_000_000),
            random: (.random(in: 0 ... .max), .random(in: 0 ... .max))
        )
    }

    /// A job to insert.
    package static func job(
        id: JobID = SampleJobs.id(),
        owner: String = "tester",
        request: ImageRequest = request()
    ) -> NewJob {
        NewJob(id: id, owner: OwnerID(rawValue: owner), request: request)
    }

    /// A request with only what every request has.
    package static func request(_ prompt: Prompt = lighthouse) -> ImageRequest {
        ImageRequest(prompt: prompt, model: "mock-1", size: PixelSize(width: 64, height: 48))
    }

    /// A request that uses every field, with text that careless code breaks.
    package static func richRequest(_ prompt: Prompt) -> ImageRequest {
        ImageRequest(
            prompt: prompt,
            model: "mock-1",
            size: PixelSize(width: 1536, height: 1024),
            count: 10,
            seed: .min,
            referenceImageURLs: ["https://example.com/a.png?x=1&y=%20", "https://example.com/ü,{}\\\".png"],
            metadata: ["": "", "k'\"\\": "{1,2,NULL}", "日本": "\u{1F469}\u{200D}\u{1F680}", "nul": "a\u{0}b"]
        )
    }

    /// The image at `index` of a claim.
    package static func image(_ claim: Claim, index: Int = 0) -> StoredImage {
        let key = ImageKey(claim: claim, index: index, suffix: .png)
        return StoredImage(
            key: key,
            url: "https://images.example.com/\(key)?name=é'\"\\",
            contentType: ImageFormat.png.contentType,
            size: PixelSize(width: 64 + index, height: 48 + index),
            byteCount: 5_000_000_000 + index,
            sha256: String(repeating: String(index % 10), count: 64)
        )
    }

    /// Why a job failed.
    package static let failure = JobFailure(
        code: .contentModerated,
        message: "The provider's \"filter\" refused it; try other words \u{2014} 'x'.",
        retryable: false
    )

    private static let lighthouse = prompt("a lighthouse at dawn")

    /// A prompt that is known to be one.
    package static func prompt(_ text: String) -> Prompt {
        do {
            return try Prompt(text)
        } catch {
            preconditionFailure("a sample prompt is no prompt: \(error)")
        }
    }

    /// Prompts that break careless quoting, encoding, normalising or counting.
    package static let difficultPrompts: [Prompt] = [
        "'; DROP TABLE jobs; -- $1 %s \\ \" {NULL,\"a\"} E'\\x00'",
        "line\nfeed\r\ttab \u{1}\u{8}\u{1F} \u{7F}\u{85}\u{2028}\u{FEFF}end",
        "e\u{301} and \u{E9} stay different; \u{212B} is not \u{C5}",
        "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467} \u{1F3F3}\u{FE0F}\u{200D}\u{1F308} \u{10FFFF} \u{FFFD} مرحبا 日本語",
        "null", "{}", " a ", "\\N",
        String(repeating: "\u{1F3D4}", count: Prompt.limit),
        String(repeating: "x", count: Prompt.limit),
    ]
    .map(prompt)
}
