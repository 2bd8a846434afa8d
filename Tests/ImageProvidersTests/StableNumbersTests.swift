import Testing

@testable import ImageProviders

struct StableNumbersTests {
    @Test func `never change, whatever the machine or the version`() {
        var numbers = StableNumbers(text: "", seed: 0, index: 0)
        let first = (0..<2).map { _ in numbers.next() }
        // Computed by another implementation of the two published algorithms.
        #expect(first == [4_725_398_728_194_510_117, 7_233_406_439_402_881_027])
    }

    @Test func `stay within their range`() {
        var numbers = StableNumbers(text: "range", seed: 1, index: 2)
        for _ in 0..<1_000 {
            #expect((-0.5...0.5).contains(numbers.fraction(in: -0.5...0.5)))
            #expect((5...8).contains(numbers.integer(in: 5...8)))
        }
    }

    @Test func `differ by text, seed and index`() {
        let starts = [("a", 0, 0), ("b", 0, 0), ("a", 1, 0), ("a", 0, 1), ("a", -1, 0)]
            .map { text, seed, index in
                var numbers = StableNumbers(text: text, seed: Int64(seed), index: index)
                return numbers.next()
            }
        #expect(Set(starts).count == starts.count)
    }
}
