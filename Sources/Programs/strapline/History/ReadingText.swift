import Outbox
import TextFormats

/// All that is known about a reading, for a person.
enum ReadingText {
    /// All of what a destination says, and an end to what a file may hold.
    private static let reasonScalars = 4000

    static func lines(of record: ReadingRecord, nowMilliseconds: Int64) -> [String] {
        func moment(_ milliseconds: Int64) -> String {
            let age = WallTime.age(milliseconds: max(0, nowMilliseconds - milliseconds))
            return "\(WallTime.dateAndTime(ofMilliseconds: milliseconds)), \(age)"
        }
        let reading = record.entry.reading
        let measurement = Explanation(measurement: reading.measurement, trailingByteCount: 0).sentence
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
