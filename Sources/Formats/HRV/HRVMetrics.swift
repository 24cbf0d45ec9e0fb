/// Heart rate variability in the time domain, each value by one named definition.
///
/// | Value | Definition |
/// | --- | --- |
/// | RMSSD | root of the mean of the squared differences; N−1 differences in a stretch of N intervals |
/// | SDNN | standard deviation of all intervals, divided by N−1 |
/// | NN50 | differences of more than 50 ms |
/// | pNN50 | NN50 in percent of the differences, or of the intervals (``PNN50Divisor``) |
///
/// neurokit2 and hrv-analysis give the same values (`make test-hrv`).
package enum HRVMetrics {
    /// Tools divide NN50 by one or the other.
    package enum PNN50Divisor: Sendable {
        /// As hrv-analysis does.
        case differences
        /// As neurokit2 does.
        case intervals
    }

    /// In milliseconds; nil without a difference.
    package static func rmssd(_ rr: RRStretches) -> Double? {
        let differences = rr.differences
        guard !differences.isEmpty else { return nil }
        return (differences.reduce(0) { $0 + $1 * $1 } / Double(differences.count)).squareRoot()
    }

    /// In milliseconds; nil for fewer than two intervals.
    package static func sdnn(_ rr: RRStretches) -> Double? {
        let intervals = rr.intervals
        guard intervals.count > 1 else { return nil }
        let mean = intervals.reduce(0, +) / Double(intervals.count)
        let squares = intervals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(intervals.count - 1)).squareRoot()
    }

    package static func nn50(_ rr: RRStretches) -> Int {
        rr.differences.count { abs($0) > 50 }
    }

    /// In percent; nil without a difference.
    package static func pnn50(_ rr: RRStretches, of divisor: PNN50Divisor = .differences) -> Double? {
        let differences = rr.differences.count
        guard differences > 0 else { return nil }
        return 100 * Double(nn50(rr)) / Double(divisor == .differences ? differences : rr.intervalCount)
    }
}
