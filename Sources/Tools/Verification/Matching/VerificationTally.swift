/// What became of the readings of one strap at one destination.
package struct VerificationTally: Sendable, Equatable {
    /// Shown by the service.
    package var seen = 0
    /// Not shown, for the stream was away; the hub's history has them.
    package var kept = 0
    package var missing = 0
    package var unprovable = 0
    /// Shown, and not acknowledged by the service as far as the outbox knows.
    package var extra = 0
    /// Shown once more, as they were before.
    package var repeated = 0
    /// Shown after one that was measured later.
    var outOfOrder = 0
    /// Refused by the service for good, and so not sent.
    package var refused = 0
    /// Not sent because of their age.
    var tooOld = 0
    var latencies = LatencyDistribution()

    /// All acknowledged readings.
    package var sent: Int { seen + kept + missing + unprovable }

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.seen += right.seen
        sum.kept += right.kept
        sum.missing += right.missing
        sum.unprovable += right.unprovable
        sum.extra += right.extra
        sum.repeated += right.repeated
        sum.outOfOrder += right.outOfOrder
        sum.refused += right.refused
        sum.tooOld += right.tooOld
        sum.latencies.add(right.latencies)
        return sum
    }

    /// Takes a verdict in, or with `count` -1 out again.
    package mutating func add(_ verdict: Verdict, count: Int = 1) {
        switch verdict {
        case .seen(let latency, let isOutOfOrder):
            seen += count
            if isOutOfOrder { outOfOrder += count }
            if count > 0 {
                latencies.add(milliseconds: latency)
            } else {
                latencies.remove(milliseconds: latency)
            }
        case .kept: kept += count
        case .missing: missing += count
        case .unprovable: unprovable += count
        }
    }
}

/// What became of a reading that was acknowledged.
package enum Verdict: Sendable, Equatable {
    /// Why a reading counts as missing.
    package enum MissingReason: String, Sendable {
        /// The stream was open and did not show it.
        case notShown = "not-shown"
        /// The hub was asked for it and does not have it.
        case notKept = "not-kept"
    }

    /// Why a reading can be neither proved nor missed.
    package enum UnprovableReason: String, Sendable {
        /// The stream was away when it may have been shown.
        case streamAway = "stream-away"
        /// A newer one had taken its place before the latest was asked for.
        case overtaken
        /// The uploader's clock was set during the run: the reading may have been sent with another time.
        case clockSet = "clock-set"
    }

    /// The service has shown it. The latency is from the measurement to the observation.
    case seen(latencyMilliseconds: Int64, isOutOfOrder: Bool)
    /// The stream was away, but the hub's history has it.
    case kept
    case missing(MissingReason)
    case unprovable(UnprovableReason)
}

/// How long readings took, in whole milliseconds. Takes no more room for more readings, only for more different times.
struct LatencyDistribution: Sendable, Equatable {
    private var counts: [Int64: Int] = [:]

    mutating func add(milliseconds: Int64) {
        counts[milliseconds, default: 0] += 1
    }

    mutating func remove(milliseconds: Int64) {
        guard let count = counts[milliseconds] else { return }
        counts[milliseconds] = count > 1 ? count - 1 : nil
    }

    mutating func add(_ other: LatencyDistribution) {
        counts.merge(other.counts) { $0 + $1 }
    }

    /// The time within which this part of all readings was there (nearest rank); nil where there is none.
    func percentile(_ part: Double) -> Int64? {
        let total = counts.values.reduce(0, +)
        var rest = max(1, Int((part * Double(total)).rounded(.up)))
        for (milliseconds, count) in counts.sorted(by: { $0.key < $1.key }) {
            rest -= count
            if rest <= 0 { return milliseconds }
        }
        return nil
    }
}
