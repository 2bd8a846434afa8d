import Glibc

/// The `Date` field: RFC 9110 §6.6.1, in the fixed form of §5.6.7.
enum DateLine {
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func now() -> [UInt8] { of(secondsSince1970: time(nil)) }

    /// `Date: Sun, 06 Nov 1994 08:49:37 GMT` and CRLF.
    static func of(secondsSince1970 seconds: Int) -> [UInt8] {
        let days = seconds / 86_400
        let second = seconds % 86_400
        let date = civilDate(daysSince1970: days)
        // 1 January 1970 was a Thursday.
        let day = "\(weekdays[(days + 4) % 7]), \(padded(date.day)) \(months[date.month - 1]) \(date.year)"
        let clock = "\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))"
        return Array("date: \(day) \(clock) GMT\r\n".utf8)
    }

    /// Counts in years that begin on 1 March, so that the leap day is a year's last, and in eras of 400 years,
    /// which all have 146,097 days.
    private static func civilDate(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let sinceMarchOfYear0 = days + 719_468
        let era = sinceMarchOfYear0 / 146_097
        let dayOfEra = sinceMarchOfYear0 % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
