import ArgumentParser
import Console
import Testing

@testable import strapline

@Suite struct PointInTimeTests {
    /// 2026-11-25 12:34:56 by the clocks of this machine.
    private let now: Int64

    init() throws {
        now = try #require(PointInTime("2026-11-25 12:34:56", nowMilliseconds: 0)).milliseconds
    }

    private func local(_ text: String) -> String? {
        PointInTime(text, nowMilliseconds: now).map { WallTime.dateAndTime(ofMilliseconds: $0.milliseconds) }
    }

    @Test(arguments: [
        ("2026-01-01T00:00:00Z", 1_767_225_600_000), ("2026-01-01 01:30:00+01:30", 1_767_225_600_000),
        ("2026-01-01T00:00:00.250Z", 1_767_225_600_250), ("2026-01-01T00:00Z", 1_767_225_600_000),
        ("2026-01-01T01:30+01:30", 1_767_225_600_000), ("2026-01-01 00:00z", 1_767_225_600_000),
    ])
    func time_withAZone_isThatMoment(text: String, milliseconds: Int64) {
        #expect(PointInTime(text, nowMilliseconds: now)?.milliseconds == milliseconds)
    }

    @Test(
        arguments: [
            ("today", "2026-11-25 00:00:00"), ("yesterday", "2026-11-24 00:00:00"), ("now", "2026-11-25 12:34:56"),
            ("yesterday 18:30", "2026-11-24 18:30:00"), ("Today 6:05", "2026-11-25 06:05:00"),
            ("18:30", "2026-11-25 18:30:00"), ("24.11.2026", "2026-11-24 00:00:00"),
            ("4.1.2026", "2026-01-04 00:00:00"),
            ("24.11.2026 18:30:15", "2026-11-24 18:30:15"), ("2026-11-24", "2026-11-24 00:00:00"),
            ("2026-11-24T18:30", "2026-11-24 18:30:00"), ("2026-11-24 18:30", "2026-11-24 18:30:00"),
            ("2026-07-01 10:30:00", "2026-07-01 10:30:00"), ("28.2.2024 24:00", nil),
            ("29.2.2024", "2024-02-29 00:00:00"), ("24.11.", "2026-11-24 00:00:00"),
            ("25.11. 06:00", "2026-11-25 06:00:00"), ("26.11.", "2025-11-26 00:00:00"),
            ("31.12. 23:59", "2025-12-31 23:59:00"), ("31.2.", nil),
            ("29.2.", "2024-02-29 00:00:00"), ("29.2. 6:00", "2024-02-29 06:00:00"),
            ("Monday", "2026-11-23 00:00:00"), ("wed", "2026-11-25 00:00:00"), ("thu 6:30", "2026-11-19 06:30:00"),
            ("mo", nil), ("mondays", nil),
        ] as [(String, String?)])
    func time_withoutAZone_isOfThisMachines(text: String, moment: String?) {
        #expect(local(text) == moment)
    }

    @Test(arguments: [
        ("90s", 90), ("30m", 1800), ("1h", 3600), ("2d", 172_800), ("1w", 604_800), ("2 days ago", 172_800),
        ("1 hour ago", 3600), ("5 min", 300), ("1h ago", 3600), ("1h30m", 5400), ("1d 2h 5 min ago", 93_900),
    ])
    func timeAgo_countsBackFromNow(text: String, seconds: Int64) {
        #expect(PointInTime(text, nowMilliseconds: now)?.milliseconds == now - seconds * 1000)
    }

    @Test(arguments: [
        "", "tomorrow", "2026-13-01", "2026-01-01x", "2026-01-01T25:00", "2026-01-01T10:00:00+", "1767225600",
        "11/24/2026", "30m1h", "1h30", "1h x", "31.2.2026", "24.11.26", "5", "5y", "yesterday tomorrow", "18:60",
        "1h 2h", "-1h",
    ])
    func text_thatIsNoTime_isRefused(text: String) {
        #expect(PointInTime(text, nowMilliseconds: now) == nil)
    }

    @Test func refusal_namesTheForms() {
        let error = #expect(throws: ValidationError.self) { try PointInTime.option("soon") }
        #expect(error?.message.contains("yesterday, today, 18:30, 1h, 2d, 24.11.2026") == true)
    }

    /// journalctl takes it. The parser of arguments has said that the value is missing.
    @Test func timeWithAMinus_isAnsweredWithTheForms() {
        let error = #expect(throws: (any Error).self) { try Strapline.parseAsRoot(["export", "--since", "-1h"]) }
        let message = error.map { Strapline.message(for: $0) } ?? ""
        #expect(message.contains("'-1h' is invalid for '--since <time>': write a time"), "\(message)")
    }

    @Test func localTime_ofOutput_isReadBackAsTheSameMoment() throws {
        for milliseconds: Int64 in [1_767_225_600_123, 1_782_000_000_000, 999] {
            let text = WallTime.iso8601(ofMilliseconds: milliseconds)
            #expect(PointInTime(text, nowMilliseconds: 0)?.milliseconds == milliseconds, "\(text)")
        }
    }
}
