/// Numbers that look random and are the same for the same text, seed and index, on every machine and in every
/// version of Swift, whose own `Hasher` differs from run to run.
///
/// The start is FNV-1a over the text's UTF-8 (http://www.isthe.com/chongo/tech/comp/fnv/), the numbers are
/// SplitMix64 (https://prng.di.unimi.it/splitmix64.c). Neither is for secrets.
struct StableNumbers {
    private var state: UInt64

    init(text: String, seed: Int64, index: Int) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for byte in text.utf8 { add(byte) }
        for word in [UInt64(bitPattern: seed), UInt64(index)] {
            for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        state = hash
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A number within the range, evenly spread.
    mutating func fraction(in range: ClosedRange<Double>) -> Double {
        let unit = Double(next() >> 11) / Double(1 << 53 as UInt64)
        return range.lowerBound + unit * (range.upperBound - range.lowerBound)
    }

    mutating func integer(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }
}
