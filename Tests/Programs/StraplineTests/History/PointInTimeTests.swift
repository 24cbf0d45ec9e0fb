import Console
import Testing

@testable import strapline

@Suite struct PointInTimeTests {
    @Test(arguments: [
        ("2026-01-01T00:00:00Z", 1_767_225_600_000), ("2026-01-01 01:30:00+01:30", 1_767_225_600_000),
        ("2026-01-01T00:00:00.250Z", 1_767_225_600_250),
    ])
    func time_withAZone_isThatMoment(text: String, milliseconds: Int64) {
        #expect(PointInTime(argument: text)?.milliseconds == milliseconds)
    }

    @Test func time_withoutAZone_isOfThisMachines() throws {
        let midnight = try #require(PointInTime(argument: "2026-07-01"))
        #expect(PointInTime(argument: "2026-07-01T00:00") == midnight)
        #expect(PointInTime(argument: "2026-07-01 00:00:00") == midnight)
        let later = try #require(PointInTime(argument: "2026-07-01T10:30"))
        #expect(later.milliseconds - midnight.milliseconds == 630 * 60_000)
        let utc = try #require(PointInTime(argument: "2026-07-01T00:00:00Z"))
        #expect(abs(midnight.milliseconds - utc.milliseconds) <= 14 * 3_600_000)
        #expect(WallTime.dateAndTime(ofMilliseconds: later.milliseconds) == "2026-07-01 10:30:00")
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01", "2026-01-01x", "2026-01-01T25:00", "2026-01-01T10:00:00+", "1767225600",
    ])
    func text_thatIsNoTime_isRefused(text: String) {
        #expect(PointInTime(argument: text) == nil)
    }
}
