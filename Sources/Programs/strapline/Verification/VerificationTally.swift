/// What became of the readings of one strap at one destination.
struct VerificationTally: Sendable, Equatable {
    /// Shown by the service.
    var seen = 0
    /// Not shown, for the stream was away; the hub's history has them.
    var kept = 0
    var missing = 0
    var unprovable = 0
    /// Shown, and not acknowledged by the service as far as the outbox knows.
    var extra = 0
    /// Shown once more, as they were before.
    var repeated = 0
    /// Shown after one that was measured later.
    var outOfOrder = 0
    /// Refused by the service for good, and so not sent.
    var refused = 0
    /// Not sent because of their age.
    var tooOld = 0
    var latencies = LatencyDistribution()

    /// What was acknowledged.
    var sent: Int { seen + kept + missing + unprovable }

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
    mutating func add(_ verdict: Verdict, count: Int = 1) {
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
