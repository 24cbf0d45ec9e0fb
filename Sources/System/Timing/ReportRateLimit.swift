/// Limits the reports on one subject: a few at once, then one each interval.
///
/// Rare changes are reported at once. Constant changes are reported once an interval.
package struct ReportRateLimit: Sendable {
    /// A strap that is found and goes live takes two reports; one is left for the next event.
    package static let usualBurst = 3
    package static let usualIntervalMilliseconds: Int64 = 60_000

    private let burst: Int64
    private let intervalMilliseconds: Int64
    private var left: Int64
    private var reportedAtMilliseconds: Int64?

    package init(burst: Int = usualBurst, intervalMilliseconds: Int64 = usualIntervalMilliseconds) {
        self.burst = Int64(burst)
        self.intervalMilliseconds = intervalMilliseconds
        left = self.burst
    }

    /// Takes one report, where there may be one now.
    package mutating func allowsReport(atBootMilliseconds now: Int64) -> Bool {
        if let reportedAtMilliseconds, now > reportedAtMilliseconds {
            left = min(burst, left + (now - reportedAtMilliseconds) / intervalMilliseconds)
        }
        guard left > 0 else { return false }
        left -= 1
        reportedAtMilliseconds = now
        return true
    }

    /// When the next report is allowed; nil where that is now.
    package var nextReportAtBootMilliseconds: Int64? {
        left > 0 ? nil : reportedAtMilliseconds.map { $0 + intervalMilliseconds }
    }

    /// Whether nothing was reported for a whole burst, so that this equals a new limit.
    package func isIdle(atBootMilliseconds now: Int64) -> Bool {
        reportedAtMilliseconds.map { now - $0 >= burst * intervalMilliseconds } ?? true
    }
}
