import DateFormats
import HeartRate
import Outbox

/// All that is known about a reading, as `strapline outbox show --json` prints it.
struct ReadingReport: Encodable {
    struct Destination: Encodable {
        let destination: String
        /// As in ``SetAsideRecord/State``, else `waiting`, `passed`, or `never` for a reading without a heart rate.
        let state: String
        let refusals: Int?
        let refusedAt: String?
        let refusedAtMilliseconds: Int64?
        let reason: String?

        enum CodingKeys: String, CodingKey {
            case destination, state, refusals, reason
            case refusedAt = "refused_at"
            case refusedAtMilliseconds = "refused_at_ms"
        }
    }

    let id: Int64
    let strap: String
    let measuredAt: String
    let measuredAtMilliseconds: Int64
    let isClockSet: Bool
    let beatsPerMinute: UInt16
    let contact: String
    let energyKilojoules: UInt16?
    /// In 1/1024 s, as the strap sent them.
    let rrIntervals: [UInt16]
    let destinations: [Destination]

    enum CodingKeys: String, CodingKey {
        case id, strap, contact, destinations
        case measuredAt = "measured_at"
        case measuredAtMilliseconds = "measured_at_ms"
        case isClockSet = "clock_set"
        case beatsPerMinute = "bpm"
        case energyKilojoules = "energy_kj"
        case rrIntervals = "rr"
    }

    init(_ record: ReadingRecord) {
        let reading = record.entry.reading
        id = record.entry.id
        strap = reading.strap
        measuredAtMilliseconds = reading.measuredAtMilliseconds
        measuredAt = ISO8601.text(milliseconds: reading.measuredAtMilliseconds)
        isClockSet = record.isClockTrusted
        beatsPerMinute = reading.measurement.beatsPerMinute
        contact = MeasurementFormatter.word(for: reading.measurement.contact)
        energyKilojoules = reading.measurement.energyExpendedKilojoules
        rrIntervals = reading.measurement.rrIntervals
        destinations = record.lanes.map { lane in
            Destination(
                destination: lane.lane.destination, state: lane.state(of: reading).word,
                refusals: lane.setAside?.refusals,
                refusedAt: lane.setAside.map { ISO8601.text(milliseconds: $0.setAsideAtMilliseconds) },
                refusedAtMilliseconds: lane.setAside?.setAsideAtMilliseconds, reason: lane.setAside?.reason)
        }
    }
}
