import Console
import HeartRate
import Outbox
import TextFormats

/// A full description of one reading.
enum ReadingDescription {
    /// All of what a destination says, and an end to what a file may hold.
    private static let reasonScalars = 4000

    static func lines(of record: ReadingRecord, nowMilliseconds: Int64) -> [String] {
        func moment(_ milliseconds: Int64) -> String {
            let age = WallTime.age(milliseconds: max(0, nowMilliseconds - milliseconds))
            return "\(WallTime.dateAndTime(ofMilliseconds: milliseconds)), \(age)"
        }
        let reading = record.entry.reading
        let measurement = MeasurementFormatter(measurement: reading.measurement, trailingByteCount: 0).sentence
        let doubt = record.isClockTrusted ? "" : " (the machine's clock was not set: it may be wrong)"
        var lines = [
            "reading \(record.entry.id) of \(reading.strap): \(measurement)",
            "measured \(moment(reading.measuredAtMilliseconds))\(doubt)",
        ]
        for lane in record.lanes {
            lines.append("\(lane.lane.destination): \(lane.state(of: reading).sentence)")
            guard let setAside = lane.setAside else { continue }
            let times = setAside.refusals == 1 ? "once" : "\(setAside.refusals) times"
            lines.append("  refused \(times), \(moment(setAside.setAsideAtMilliseconds)):")
            lines.append("  \(setAside.reason.printable(scalars: reasonScalars))")
        }
        return lines
    }
}

/// How it stands with a reading at one destination.
enum LaneState: Equatable {
    case setAside(SetAsideRecord.State)
    /// Still to be sent.
    case waiting
    /// Delivered, older than the destination, or too old when its turn came.
    case passed
    /// Not a heart rate.
    case never
    /// It would wait, but the configuration does not name the destination any more.
    case withoutDestination

    var word: String {
        switch self {
        case .setAside(let state): state.rawValue
        case .waiting: "waiting"
        case .passed: "passed"
        case .never: "never"
        case .withoutDestination: SetAsideRecord.State.withoutDestination.rawValue
        }
    }

    /// As text.
    var sentence: String {
        switch self {
        case .setAside(.setAside): "set aside: strapline outbox retry sends it once more"
        case .setAside(.putBack): "put back: a running uploader sends it within a minute"
        case .setAside(.withoutDestination): "set aside; the configuration does not name this destination any more"
        case .waiting: "waits to be sent"
        case .passed: "delivered, or skipped as too old for this destination"
        case .never: "never sent: it is not a heart rate"
        case .withoutDestination: "not sent; the configuration does not name this destination any more"
        }
    }
}

extension ReadingRecord.LaneRecord {
    func state(of reading: Reading) -> LaneState {
        if let setAside { return .setAside(SetAsideRecord.State(setAside)) }
        if reading.heartRate == nil { return .never }
        if isPassed { return .passed }
        return isDeclared ? .waiting : .withoutDestination
    }
}
