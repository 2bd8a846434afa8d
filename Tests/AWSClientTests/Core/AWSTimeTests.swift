import Foundation
import Testing

@testable import AWSClient

struct AWSTimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-20T13:30:10Z", 1_795_181_410),
        ("2024-02-29T23:59:59Z", 1_709_251_199),
        ("2026-11-20T13:30:10.123456Z", 1_795_181_410), ("1969-12-31T23:59:59Z", -1),
    ])
    func `ISO 8601 moments are read`(text: String, seconds: Int) {
        #expect(AWSTime(iso8601: text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "2026-11-20", "2026-11-20T13:30:10", "2026-11-20T13:30:10+01:00", "2026-13-20T13:30:10Z",
        "2026-02-29T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-2xT13:30:10Z", "2026-11-20T13:30:10xZ",
        "20261120T133010Z", "2026-00-10T00:00:00Z",
    ])
    func `what is no moment is refused`(text: String) {
        #expect(AWSTime(iso8601: text) == nil)
    }

    @Test func `HTTP dates are read`() {
        #expect(AWSTime(httpDate: "Fri, 20 Nov 2026 13:30:10 GMT")?.seconds == 1_795_181_410)
        #expect(AWSTime(httpDate: "Fri, 20 Nov 2026 13:30:10 CET") == nil)
        #expect(AWSTime(httpDate: "Fri, 31 Feb 2026 13:30:10 GMT") == nil)
        #expect(AWSTime(httpDate: "yesterday") == nil)
        #expect(AWSTime(httpDate: "") == nil)
    }

    @Test func `signing dates are written in their basic form`() {
        let date = SigningDate(AWSTime(seconds: 1_795_181_410))
        #expect(date.timestamp == "20261120T133010Z")
        #expect(date.day == "20261120")
        #expect(SigningDate(AWSTime(seconds: -1)).timestamp == "19691231T235959Z")
    }

    @Test func `days agree with another calendar for four hundred years`() {
        let formatter = DateFormatter()
        formatter.calendar = Calendar(identifier: .gregorian)
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyyMMdd"
        for day in stride(from: 0, to: 146_097, by: 97) {
            let expected = formatter.string(from: Date(timeIntervalSince1970: Double(day) * 86_400))
            #expect(SigningDate(AWSTime(seconds: day * 86_400)).day == expected)
            #expect(CivilDate(daysSince1970: day).daysSince1970 == day)
        }
    }
}
