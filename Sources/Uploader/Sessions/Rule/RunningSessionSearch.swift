import Outbox
import Recordings

/// Goes back from the newest reading to the beginning of each session that runs.
struct RunningSessionSearch {
    private let now: SessionFinder.Now
    /// Newest first; none for a strap that is not worn now.
    private var found: [String: [WornReading]] = [:]
    /// The straps whose session has its beginning, or that are not worn.
    private var complete: Set<String> = []
    /// Whether every earlier reading is too old to be the last of a session that runs.
    private var isPast = false

    init(now: SessionFinder.Now) {
        self.now = now
    }

    /// Takes the readings before those of the last call, oldest first.
    mutating func take(_ readings: [WornReading]) {
        for reading in readings.reversed() where !complete.contains(reading.strap) {
            let next = found[reading.strap]?.last
            let isPart = next.map { SessionRule.joins(reading, $0) } ?? (now.state(after: reading) == .running)
            if isPart { found[reading.strap, default: []].append(reading) } else { complete.insert(reading.strap) }
        }
        if let oldest = readings.first { isPast = now.state(after: oldest) != .running }
    }

    /// Whether the sessions of all known straps have their beginning.
    var isComplete: Bool { complete.isSuperset(of: found.keys) }
    /// Whether nothing more can be found.
    var isOver: Bool { isComplete && isPast }

    /// In order of arrival.
    var readings: [WornReading] { found.values.flatMap(\.self).sorted { $0.id < $1.id } }
}
