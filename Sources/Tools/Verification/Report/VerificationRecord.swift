import DateFormats
import Outbox
import PulsoidAPI

/// A verdict, as `strapline verify --json` prints it.
struct VerificationRecord: Encodable {
    let event: String
    let reason: String?
    let strap: String
    let destination: String
    let id: Int64
    let measuredAt: String
    let measuredAtMilliseconds: Int64
    let beatsPerMinute: Int
    let latencyMilliseconds: Int64?
    let isOutOfOrder: Bool?

    enum CodingKeys: String, CodingKey {
        case event, reason, strap, destination, id
        case measuredAt = "measured_at"
        case measuredAtMilliseconds = "measured_at_ms"
        case beatsPerMinute = "bpm"
        case latencyMilliseconds = "latency_ms"
        case isOutOfOrder = "out_of_order"
    }

    init(_ result: DeliveryMatcher.Result) {
        let reading = result.reading
        (strap, destination, id) = (reading.lane.strap, reading.lane.destination, reading.id)
        measuredAtMilliseconds = reading.measuredAtMilliseconds
        measuredAt = ISO8601.text(milliseconds: reading.measuredAtMilliseconds)
        beatsPerMinute = reading.beatsPerMinute
        var seen: (latency: Int64, isOutOfOrder: Bool)?
        switch result.verdict {
        case .seen(let latency, let isOutOfOrder):
            (event, reason) = ("seen", nil)
            seen = (latency, isOutOfOrder)
        case .kept: (event, reason) = ("kept", nil)
        case .missing(let loss): (event, reason) = ("missing", loss.rawValue)
        case .unprovable(let doubt): (event, reason) = ("unprovable", doubt.rawValue)
        }
        (latencyMilliseconds, isOutOfOrder) = (seen?.latency, seen?.isOutOfOrder)
    }
}

/// The end of a verification, as `strapline verify --json` prints it.
struct VerificationSummaryRecord: Encodable {
    struct LaneRecord: Encodable {
        let strap: String
        let destination: String
        let sent: Int
        let seen: Int
        let kept: Int
        let missing: Int
        let unprovable: Int
        let extra: Int
        let repeated: Int
        let outOfOrder: Int
        let refused: Int
        let tooOld: Int
        let median: Int64?
        let percentile95: Int64?
        let percentile99: Int64?

        enum CodingKeys: String, CodingKey {
            case strap, destination, sent, seen, kept, missing, unprovable, extra, repeated, refused
            case outOfOrder = "out_of_order"
            case tooOld = "too_old"
            case median = "latency_p50_ms"
            case percentile95 = "latency_p95_ms"
            case percentile99 = "latency_p99_ms"
        }

        init(_ lane: Lane, _ tally: VerificationTally) {
            (strap, destination) = (lane.strap, lane.destination)
            (sent, seen, kept, missing) = (tally.sent, tally.seen, tally.kept, tally.missing)
            (unprovable, extra, repeated) = (tally.unprovable, tally.extra, tally.repeated)
            (outOfOrder, refused, tooOld) = (tally.outOfOrder, tally.refused, tally.tooOld)
            median = tally.latencies.percentile(0.5)
            percentile95 = tally.latencies.percentile(0.95)
            percentile99 = tally.latencies.percentile(0.99)
        }
    }

    let event = "summary"
    let conclusion: String
    let isHistoryAsked: Bool
    let lanes: [LaneRecord]

    enum CodingKeys: String, CodingKey {
        case event, conclusion, lanes
        case isHistoryAsked = "history_asked"
    }

    init(_ summary: VerificationSummary) {
        conclusion = summary.conclusion.rawValue
        isHistoryAsked = summary.askedHistory
        lanes = summary.rows.map { LaneRecord($0.lane, $0.tally) }
    }
}
