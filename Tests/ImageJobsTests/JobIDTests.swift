import ImageJobs
import Testing

struct JobIDTests {
    @Test func `an id has version 7, variant 10 and its millisecond in front`() {
        let id = JobID(millisecondsSinceEpoch: 0x0190_A1B2_7C3D, random: (.max, .max))
        #expect(id.description == "0190a1b2-7c3d-7fff-bfff-ffffffffffff")
    }

    @Test func `ids sort by the time they were made`() {
        let earlier = JobID(millisecondsSinceEpoch: 1, random: (.max, .max))
        let later = JobID(millisecondsSinceEpoch: 2, random: (0, 0))
        #expect(earlier < later)
        #expect(earlier.description < later.description)
    }

    @Test func `an id's text gives the id back`() {
        let id = JobID(millisecondsSinceEpoch: 1_763_600_000_000, random: (0x123, 0x4567_89AB_CDEF_0123))
        #expect(JobID(id.description) == id)
    }

    @Test(arguments: [
        "", "x", "0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1", "0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b1",
        "0190A1B2-7C3D-7E4F-8A5B-6C7D8E9F0A1B", "0190a1b27c3d7e4f8a5b6c7d8e9f0a1b",
        "{0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b}", "urn:uuid:0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b",
        "0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1g", "0190a1b2%2d7c3d-7e4f-8a5b-6c7d8e9f0a1b",
        "0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b/", "../../etc/passwd", "0190a1b-27c3d-7e4f-8a5b-6c7d8e9f0a1b",
        "0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1\u{660}",
    ])
    func `only the canonical form is an id`(_ text: String) {
        #expect(JobID(text) == nil)
    }
}

struct ImageKeyTests {
    private let claim = Claim(
        job: JobID(millisecondsSinceEpoch: 1, random: (2, 3)),
        fence: Fence(rawValue: 7)
    )

    @Test func `a key is made of job, fence and place`() {
        #expect(ImageKey(claim: claim, index: 0, suffix: .png).path == "images/\(claim.job)/7/result.png")
        #expect(ImageKey(claim: claim, index: 1, suffix: .jpeg).path == "images/\(claim.job)/7/2.jpg")
    }

    @Test func `every key that is made is read back`() {
        for index in 0..<10 {
            for format in ImageFormat.allCases {
                let key = ImageKey(claim: claim, index: index, suffix: format)
                #expect(ImageKey(path: key.path) == key)
            }
        }
    }

    @Test(arguments: [
        "", "images", "images/x/1/result.png", "images/0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b/0/result.png",
        "images/0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b/01/result.png",
        "images/0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b/1/../x.png",
        "images/0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b/1/result.svg",
        "images/0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b/1/1.png",
        "images/0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b/1/11.png",
        "images/0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b/1/result.png/",
        "images/0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b/-1/result.png",
        "/images/0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b/1/result.png",
    ])
    func `nothing else is a key`(_ path: String) {
        #expect(ImageKey(path: path) == nil)
    }
}
