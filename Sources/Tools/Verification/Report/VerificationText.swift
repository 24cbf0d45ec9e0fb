import Console
import Outbox

/// A verification as text.
enum VerificationText {
    private static let titles = [
        "STRAP", "DESTINATION", "SENT", "SEEN", "KEPT", "MISSING", "UNPROVABLE", "EXTRA", "OUT OF ORDER", "P50", "P95",
        "P99",
    ]

    static func line(_ result: DeliveryMatcher.Result) -> String {
        let reading = result.reading
        let time = WallTime.text(ofMilliseconds: reading.measuredAtMilliseconds)
        let words =
            switch result.verdict {
            case .seen(let latency, let isOutOfOrder):
                "seen after \(latency) ms" + (isOutOfOrder ? ", out of order" : "")
            case .kept: "not seen, the stream was away; the hub has it"
            case .missing(.notShown): "MISSING: the stream was open and did not show it"
            case .missing(.notKept): "MISSING: the hub does not have it"
            case .unprovable(.streamAway): "not provable: the stream was away"
            case .unprovable(.overtaken): "not provable: a later one had taken its place"
            case .unprovable(.clockSet): "not provable: the uploader's clock was set during the run"
            }
        return "\(time)  \(reading.lane)  \(reading.beatsPerMinute) bpm  \(words)"
    }

    static func lines(of summary: VerificationSummary) -> [String] {
        var rows = summary.rows.map { row($0.lane.strap, $0.lane.destination, $0.tally) }
        if rows.count > 1 { rows.append(row("all", "", summary.total)) }
        var lines = TextTable.lines(of: [titles] + rows)
        let total = summary.total
        lines += [
            "Latency is from the measurement to the observation here, both by the wall clock of this machine."
        ]
        if total.repeated > 0 { lines.append("\(readings(total.repeated)) shown once more.") }
        if total.refused > 0 {
            lines.append("\(readings(total.refused)) refused for good: strapline outbox list says why.")
        }
        if total.tooOld > 0 { lines.append("\(readings(total.tooOld)) not sent because of max_age_seconds.") }
        if total.seen == 0, total.missing > 0, total.extra > 0 {
            lines.append(
                "The service shows other times than the sent ones: does its stream have the time of measurement? "
                    + "If not, leave the room out.")
        }
        return lines
    }

    static func sentence(_ summary: VerificationSummary) -> String {
        let total = summary.total
        switch summary.conclusion {
        case .allSeen where total.kept > 0:
            return "All \(total.sent) that were acknowledged are there: \(total.seen) seen, \(total.kept) in the hub's "
                + "history, for the stream was away."
        case .allSeen: return "All \(total.sent) that were acknowledged were seen."
        case .missing: return "\(total.missing) of \(total.sent) that were acknowledged are missing."
        case .notProvable:
            return
                "\(total.unprovable) of \(total.sent) acknowledged can be neither proved nor missed: try again."
        case .nothingSent: return "Nothing was acknowledged, so nothing is proved."
        case .neverOpened: return "The service never opened its stream, so nothing is proved."
        }
    }

    private static func row(_ strap: String, _ destination: String, _ tally: VerificationTally) -> [String] {
        func latency(_ part: Double) -> String { tally.latencies.percentile(part).map { "\($0) ms" } ?? "-" }
        return [
            strap, destination, "\(tally.sent)", "\(tally.seen)", "\(tally.kept)", "\(tally.missing)",
            "\(tally.unprovable)", "\(tally.extra)", "\(tally.outOfOrder)", latency(0.5), latency(0.95), latency(0.99),
        ]
    }

    private static func readings(_ count: Int) -> String { count == 1 ? "1 reading was" : "\(count) readings were" }
}
