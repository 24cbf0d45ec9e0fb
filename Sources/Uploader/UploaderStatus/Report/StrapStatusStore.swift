package import BlueZ
import HeartRate
package import Timing

/// The latest status of each strap: a value without a clock.
package struct StrapStatusStore: Sendable {
    /// A live strap without a measurement for longer is not shown as live: the session says so after the
    /// same time, unless what it says is held up by a disk.
    package static let freshMilliseconds: Int64 = 10_000

    private struct Entry {
        var state = StrapState(phase: .searching)
        var since: Moment
        var details = StrapDetails()
        var last: HeartRateMeasurement?
        var lastAt: Moment?
        var energyKilojoules: UInt16?
        var malformed = 0
        var lost = 0

        init(since: Moment) {
            self.since = since
        }

        mutating func take(_ event: StrapEvent) {
            switch event.kind {
            case .state(let new):
                if new.phase != state.phase { since = event.at }
                state = new
            case .details(let new): details = new
            case .measurement(let measurement):
                last = measurement
                lastAt = event.at
                energyKilojoules = measurement.energyExpendedKilojoules ?? energyKilojoules
            case .malformed: malformed += 1
            case .overflow(let count): lost += count
            }
        }
    }

    private let advice: @Sendable (StrapAdvice) -> String
    private var straps: [String]
    private var entries: [String: Entry]

    /// `advice` words the remedies, as commands of a program for example.
    package init(
        straps: [String], startedAt now: Moment, advice: @escaping @Sendable (StrapAdvice) -> String = { "\($0)" }
    ) {
        self.advice = advice
        self.straps = straps
        entries = Dictionary(uniqueKeysWithValues: straps.map { ($0, Entry(since: now)) })
    }

    /// Reports these straps from now on. Known straps keep their values, except those in `newDevices`.
    package mutating func follow(_ straps: [String], newDevices: Set<String>, at now: Moment) {
        let known = entries
        self.straps = straps
        entries = Dictionary(
            uniqueKeysWithValues: straps.map { name in
                (name, known[name].flatMap { newDevices.contains(name) ? nil : $0 } ?? Entry(since: now))
            })
    }

    package mutating func take(_ event: StrapEvent) {
        entries[event.strap]?.take(event)
    }

    /// In the order of the configuration.
    package func reports(at now: Moment) -> [StrapReport] {
        straps.compactMap { name in entries[name].map { report(name, $0, at: now) } }
    }

    private func report(_ name: String, _ entry: Entry, at now: Moment) -> StrapReport {
        let age = entry.lastAt.map { now.milliseconds(since: $0) }
        let isOverdue = entry.state.phase == .live && (age ?? 0) > Self.freshMilliseconds
        let state: StrapState.Phase = isOverdue ? .stale : entry.state.phase
        let isLinked = state == .live || state == .noContact
        let details = entry.details
        return StrapReport(
            strap: name, state: state,
            reason: isOverdue ? "nothing was taken in lately" : entry.state.reason?.message(advice),
            stateAge: isOverdue ? (age ?? 0) - Self.freshMilliseconds : now.milliseconds(since: entry.since),
            address: entry.state.device?.address.description, deviceName: entry.state.device?.name,
            beatsPerMinute: state == .live ? entry.last?.beatsPerMinute : nil, readingAge: age,
            contact: isLinked ? entry.last.map { MeasurementFormatter.word(for: $0.contact) } : nil,
            energyKilojoules: entry.energyKilojoules, batteryPercent: details.batteryPercent,
            bodyLocation: details.bodySensorLocation?.word, manufacturer: details.manufacturerName,
            model: details.modelNumber, serialNumber: details.serialNumber,
            firmwareRevision: details.firmwareRevision, malformed: entry.malformed, lost: entry.lost)
    }
}

extension Moment {
    /// By the clock that never steps.
    fileprivate func milliseconds(since earlier: Moment) -> Int64 {
        max(0, bootMilliseconds - earlier.bootMilliseconds)
    }
}
