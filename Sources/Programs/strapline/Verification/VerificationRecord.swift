import DateFormats
import Outbox

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
