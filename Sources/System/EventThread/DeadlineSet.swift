/// Deadlines with a tolerance: each is due from one instant on, and must be met by a later one. So one wake-up serves
/// many.
struct DeadlineSet<ID: Hashable, Instant: Comparable> {
    private struct Alarm {
        var from: Instant
        var by: Instant
    }

    private var alarms: [ID: Alarm] = [:]

    /// When the first alarm cannot wait any longer; nil without any.
    ///
    /// With each wake-up. A key path of a generic type would be made each time, which costs more than the search.
    var next: Instant? {
        var first: Instant?
        for alarm in alarms.values where first.map({ alarm.by < $0 }) ?? true { first = alarm.by }
        return first
    }

    mutating func set(_ id: ID, from: Instant, by: Instant) {
        alarms[id] = Alarm(from: from, by: max(from, by))
    }

    mutating func cancel(_ id: ID) {
        alarms[id] = nil
    }

    /// All that may ring at this instant, in the order in which they became due; they are gone then.
    mutating func takeDue(at now: Instant) -> [ID] {
        guard alarms.values.contains(where: { $0.from <= now }) else { return [] }
        let due = alarms.filter { $0.value.from <= now }.sorted { $0.value.from < $1.value.from }.map(\.key)
        for id in due { alarms[id] = nil }
        return due
    }
}
