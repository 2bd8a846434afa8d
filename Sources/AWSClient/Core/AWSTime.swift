/// A moment in whole seconds since 1970, the precision that AWS's signatures and credentials have.
package struct AWSTime: Sendable, Hashable, Comparable {
    package var seconds: Int

    package init(seconds: Int) { self.seconds = seconds }

    package static func < (left: AWSTime, right: AWSTime) -> Bool { left.seconds < right.seconds }

    package static func + (time: AWSTime, seconds: Int) -> AWSTime {
        AWSTime(seconds: time.seconds + seconds)
    }

    /// Seconds from the second moment to the first.
    package static func - (later: AWSTime, earlier: AWSTime) -> Int { later.seconds - earlier.seconds }
}

extension AWSTime {
    /// Reads `2026-11-20T13:30:10Z`, with or without a fraction, which is dropped.
    package init?(iso8601 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[10] == UInt8(ascii: "T"),
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            bytes.count == 20 || bytes[19] == UInt8(ascii: "."),
            bytes[19..<(bytes.count - 1)].dropFirst().allSatisfy(Self.isDigit),
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]), let hour = Self.number(bytes[11..<13]),
            let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19])
        else { return nil }
        self.init(
            date: CivilDate(year: year, month: month, day: day),
            hour: hour,
            minute: minute,
            second: second
        )
    }

    /// Reads a `Date` header in the only form servers may send: `Fri, 20 Nov 2026 13:30:10 GMT` (RFC 9110 §5.6.7).
    package init?(httpDate text: String) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].utf8.last == UInt8(ascii: ","), parts[5] == "GMT",
            let month = months.firstIndex(of: String(parts[2])),
            let day = Self.number(Array(parts[1].utf8)[...]),
            let year = Self.number(Array(parts[3].utf8)[...])
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Self.number(Array($0.utf8)[...]) }
        guard clock.count == 3 else { return nil }
        self.init(
            date: CivilDate(year: year, month: month + 1, day: day),
            hour: clock[0],
            minute: clock[1],
            second: clock[2]
        )
    }

    private init?(date: CivilDate, hour: Int, minute: Int, second: Int) {
        // 60: a leap second.
        guard date.isValid, hour < 24, minute < 60, second <= 60 else { return nil }
        self.init(seconds: date.daysSince1970 * 86_400 + hour * 3_600 + minute * 60 + second)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// At most four digits.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...4).contains(digits.count), digits.allSatisfy(isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
