import Testing
import Timing

@Suite struct ReportRateLimitTests {
    @Test func allowsReport_ofWhatChangesEverySecond_reportsABurstThenOnceAMinute() {
        var limit = ReportRateLimit()
        let reported = (0..<600).filter { limit.allowsReport(atBootMilliseconds: Int64($0) * 1000) }
        #expect(reported == [0, 1, 2, 62, 122, 182, 242, 302, 362, 422, 482, 542])
    }

    @Test func allowsReport_ofWhatChangesSeldom_reportsEachTime() {
        var limit = ReportRateLimit()
        #expect((0..<100).allSatisfy { limit.allowsReport(atBootMilliseconds: Int64($0) * 60_000) })
    }

    @Test func nextReport_whenNoneIsLeft_isAnIntervalAfterTheLast() {
        var limit = ReportRateLimit(burst: 1, intervalMilliseconds: 500)
        #expect(limit.nextReportAtBootMilliseconds == nil)
        let isFirstAllowed = limit.allowsReport(atBootMilliseconds: 100)
        #expect(isFirstAllowed && limit.nextReportAtBootMilliseconds == 600)
        #expect(!limit.isIdle(atBootMilliseconds: 599) && limit.isIdle(atBootMilliseconds: 600))
    }

    @Test func allowsReport_whenTimeGoesBackOrIsExtreme_doesNotTrap() {
        var limit = ReportRateLimit()
        _ = limit.allowsReport(atBootMilliseconds: 0)
        _ = limit.allowsReport(atBootMilliseconds: .max)
        _ = limit.allowsReport(atBootMilliseconds: 0)
        #expect(limit.nextReportAtBootMilliseconds != nil || limit.allowsReport(atBootMilliseconds: 1))
    }
}
