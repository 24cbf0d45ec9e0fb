import Outbox

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
