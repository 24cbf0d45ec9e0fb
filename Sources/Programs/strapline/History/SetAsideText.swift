import HeartRate
import Outbox
import TextFormats

/// What was set aside, as a table for a person.
enum SetAsideText {
    private static let titles = ["ID", "STRAP", "DESTINATION", "HEART RATE", "MEASURED", "STATE", "REFUSED", "REASON"]
    /// The beginning says what there is to say; `strapline outbox show` has all of it.
    private static let reasonCharacters = 100

    static func lines(of entries: [DeadLetter]) -> [String] {
        guard !entries.isEmpty else { return ["Nothing is set aside."] }
        return TextTable.lines(of: [titles] + entries.map(cells))
    }

    private static func cells(_ entry: DeadLetter) -> [String] {
        let reading = entry.reading
        let reason = entry.reason.printable()
        return [
            "\(entry.id)", entry.lane.strap, entry.lane.destination,
            "\(reading.measurement.beatsPerMinute) bpm",
            WallTime.dateAndTime(ofMilliseconds: reading.measuredAtMilliseconds),
            SetAsideRecord.State(entry).words, entry.refusals == 1 ? "once" : "\(entry.refusals) times",
            reason.count > reasonCharacters ? reason.prefix(reasonCharacters) + "…" : reason,
        ]
    }
}
