import Glibc

/// A moment as RFC 3339 writes it, in UTC with milliseconds: `2026-11-20T13:05:09.042Z`.
///
/// Only the milliseconds are written anew while the second stays the same.
struct TimeText {
    private(set) var utf8 = Array("1970-01-01T00:00:00.000Z".utf8)
    private var second: Int64 = 0

    /// Changes the text to this time since the beginning of 1970.
    mutating func update(to time: Duration) {
        let (seconds, attoseconds) = time.components
        if seconds != second {
            second = seconds
            writeSecond()
        }
        write(Int(attoseconds / 1_000_000_000_000_000), at: 20, digits: 3)
    }

    private mutating func writeSecond() {
        var seconds = time_t(second)
        // `tm` counts as unsafe for the pointer to a time zone's name in it, which is not used here.
        var date = unsafe tm()
        guard unsafe gmtime_r(&seconds, &date) != nil else { return }
        let (year, month, day) = unsafe (Int(date.tm_year) + 1_900, Int(date.tm_mon) + 1, Int(date.tm_mday))
        let (hour, minute, second) = unsafe (Int(date.tm_hour), Int(date.tm_min), Int(date.tm_sec))
        write(year, at: 0, digits: 4)
        write(month, at: 5, digits: 2)
        write(day, at: 8, digits: 2)
        write(hour, at: 11, digits: 2)
        write(minute, at: 14, digits: 2)
        write(second, at: 17, digits: 2)
    }

    private mutating func write(_ number: Int, at start: Int, digits: Int) {
        var rest = max(0, number)
        for place in (start..<start + digits).reversed() {
            utf8[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
