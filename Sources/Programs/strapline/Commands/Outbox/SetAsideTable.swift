import Console
import DateFormats
import FoundationEssentials
import HeartRate
import Outbox
import TextFormats

/// Dead letters as a table.
enum SetAsideTable {
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

/// A reading that was set aside, as `strapline outbox list --json` prints it.
struct SetAsideRecord: Encodable {
    /// The state in a word: what happens next with the reading.
    enum State: String, Encodable {
        case setAside = "set-aside"
        /// To be sent again.
        case putBack = "put-back"
        /// Set aside for good: the configuration does not name the destination any more.
        case withoutDestination = "without-destination"
    }

    let id: Int64
    let strap: String
    let destination: String
    let state: State
    let measuredAt: String
    let measuredAtMilliseconds: Int64
    let beatsPerMinute: UInt16
    let refusedAt: String
    let refusedAtMilliseconds: Int64
    let refusals: Int
    /// In the service's words.
    let reason: String

    enum CodingKeys: String, CodingKey {
        case id, strap, destination, state, refusals, reason
        case measuredAt = "measured_at"
        case measuredAtMilliseconds = "measured_at_ms"
        case beatsPerMinute = "bpm"
        case refusedAt = "refused_at"
        case refusedAtMilliseconds = "refused_at_ms"
    }

    init(_ entry: DeadLetter) {
        id = entry.id
        strap = entry.lane.strap
        destination = entry.lane.destination
        state = State(entry)
        measuredAtMilliseconds = entry.reading.measuredAtMilliseconds
        measuredAt = ISO8601.text(milliseconds: measuredAtMilliseconds)
        beatsPerMinute = entry.reading.measurement.beatsPerMinute
        refusedAtMilliseconds = entry.setAsideAtMilliseconds
        refusedAt = ISO8601.text(milliseconds: refusedAtMilliseconds)
        refusals = entry.refusals
        reason = entry.reason
    }
}

extension SetAsideRecord.State {
    init(_ entry: DeadLetter) {
        self = !entry.isLaneDeclared ? .withoutDestination : entry.isRequeued ? .putBack : .setAside
    }

    /// As text.
    var words: String {
        switch self {
        case .setAside: "set aside"
        case .putBack: "put back"
        case .withoutDestination: "no destination"
        }
    }
}
