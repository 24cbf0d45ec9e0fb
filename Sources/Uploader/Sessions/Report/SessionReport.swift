import DateFormats
import HRV
package import Recordings

/// A session as `strapline session list --json` and `show --json` print it. Unknown values are left out.
package struct SessionReport: Encodable {
    struct Device: Encodable {
        let manufacturer: String?
        let model: String?
        let serialNumber: String?
        let firmware: String?

        enum CodingKeys: String, CodingKey {
            case manufacturer, model
            case serialNumber = "serial_number"
            case firmware = "firmware_revision"
        }

        init(_ device: RecordingDevice) {
            manufacturer = device.manufacturer
            model = device.product
            serialNumber = device.serialNumber
            firmware = device.firmware
        }
    }

    let id: Int64
    let strap: String
    let state: String
    let startedAt: String
    let startedAtMilliseconds: Int64
    let endedAtMilliseconds: Int64
    let lengthMilliseconds: Int64
    let readings: Int
    let average: Int
    let lowest: UInt16
    let highest: UInt16
    let mayBeCut: Bool
    let externalID: String
    var recordedMilliseconds: Int64?
    var gaps: Int?
    var kilocalories: UInt16?
    var device: Device?
    /// Without values if the strap sent no RR intervals.
    var variability: HRVReport?
    /// True if the RR intervals may be ms instead of 1/1024 s; else left out.
    var mayBeMilliseconds: Bool?

    enum CodingKeys: String, CodingKey {
        case id, strap, state, readings, gaps, device
        case startedAt = "started_at"
        case startedAtMilliseconds = "started_at_ms"
        case endedAtMilliseconds = "ended_at_ms"
        case lengthMilliseconds = "length_ms"
        case average = "average_bpm"
        case lowest = "lowest_bpm"
        case highest = "highest_bpm"
        case mayBeCut = "may_be_cut"
        case externalID = "external_id"
        case recordedMilliseconds = "recorded_ms"
        case kilocalories = "kcal"
        case variability = "hrv"
        case mayBeMilliseconds = "rr_may_be_ms"
    }

    package init(_ session: HeartRateSession) {
        id = session.id
        strap = session.strap
        state = session.state.rawValue
        startedAt = ISO8601.text(milliseconds: session.startMilliseconds)
        startedAtMilliseconds = session.startMilliseconds
        endedAtMilliseconds = session.endMilliseconds
        lengthMilliseconds = session.lengthMilliseconds
        readings = session.readings
        average = session.average
        lowest = session.lowest
        highest = session.highest
        mayBeCut = session.mayBeCut
        externalID = session.externalID
    }

    /// With its recording.
    package init(_ session: HeartRateSession, _ recording: Recording) {
        self.init(session)
        recordedMilliseconds = recording.recordedMilliseconds
        gaps = recording.stretches.count - 1
        kilocalories = recording.kilocalories
        device = Device(recording.device)
        variability = HRVReport(HRVSummary(recording.beats))
        mayBeMilliseconds = recording.mayHaveIntervalsInMilliseconds ? true : nil
    }
}
