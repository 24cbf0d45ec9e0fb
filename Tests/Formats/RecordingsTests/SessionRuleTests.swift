import Recordings
import Testing

struct SessionRuleTests {
    @Test(arguments: [(0, true), (599_999, true), (600_000, false), (Int64.max, false)])
    func heartRates_joinIfTheyAreLessThanTenMinutesApart(distance: Int64, joins: Bool) {
        #expect(SessionRule.joins(afterMilliseconds: distance) == joins)
    }

    @Test(arguments: [(20, 120_000, true), (19, 120_000, false), (20, 119_999, false), (9000, 3_600_000, true)])
    func run_isASession_fromTwoMinutesAndTwentyReadingsOn(readings: Int, length: Int64, isSession: Bool) {
        #expect(SessionRule.isSession(readings: readings, lengthMilliseconds: length) == isSession)
    }
}
