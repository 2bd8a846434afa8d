/// A moment as signatures write it.
struct SigningDate: Equatable {
    /// Such as `20261120T133010Z`.
    let timestamp: String
    /// Such as `20261120`: the day that a signing key is good for.
    let day: String

    init(_ time: AWSTime) {
        var days = time.seconds / 86_400
        var second = time.seconds % 86_400
        if second < 0 { (days, second) = (days - 1, second + 86_400) }
        let date = CivilDate(daysSince1970: days)
        var text: [UInt8] = []
        text.reserveCapacity(16)
        Self.append(date.year, digits: 4, to: &text)
        Self.append(date.month, digits: 2, to: &text)
        Self.append(date.day, digits: 2, to: &text)
        day = String(decoding: text, as: UTF8.self)
        text.append(UInt8(ascii: "T"))
        Self.append(second / 3_600, digits: 2, to: &text)
        Self.append(second / 60 % 60, digits: 2, to: &text)
        Self.append(second % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: "Z"))
        timestamp = String(decoding: text, as: UTF8.self)
    }

    private static func append(_ number: Int, digits: Int, to text: inout [UInt8]) {
        var divisor = digits == 4 ? 1_000 : 10
        for _ in 0..<digits {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}
