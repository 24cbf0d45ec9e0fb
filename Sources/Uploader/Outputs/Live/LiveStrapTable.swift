import BlueZ
import HRV
import HeartRate
import Outbox
import Timing

/// The present of all straps, as a value without a clock, and what each output has taken of it.
///
/// It holds the newest values only. However slow an output is, it costs no more than its mark.
struct LiveStrapTable {
    /// A live strap without a measurement for longer is stale. The session finds that too, unless its events are held
    /// up by a disk.
    static let freshMilliseconds: Int64 = 10_000
    /// Some seconds of the fastest strap.
    static let mostReadings = 32

    private struct Strap {
        var phase = StrapState.Phase.searching
        var device: StrapState.Device?
        var details = StrapDetails()
        /// The newest measurement since the link was made.
        var last: Reading?
        /// Whether the newest measurement is too old.
        var isOverdue = false
        /// The last heart rates with the revisions they came with, oldest first.
        var recent: [(revision: UInt64, reading: Reading)] = []
        var revision: UInt64

        init(revision: UInt64) {
            self.revision = revision
        }

        var isLinked: Bool { phase == .live || phase == .noContact }

        var value: LiveStrap.Value {
            switch phase {
            case .live:
                guard let last else { return .none(.disconnected) }
                if isOverdue { return .none(.stale) }
                return last.heartRate == nil ? .none(.noContact) : .heartRate(last)
            case .noContact: return .none(.noContact)
            case .stale: return .none(.stale)
            case .searching, .connecting, .resolving, .subscribing, .disconnected, .blocked:
                return .none(.disconnected)
            }
        }

        func seen(as name: String) -> LiveStrap {
            var strap = LiveStrap(name: name, value: value)
            strap.device = device
            strap.details = details
            strap.hasContact = isLinked ? last?.hasContact : nil
            return strap
        }
    }

    /// An output's place.
    private struct Mark {
        /// The strap that it shows; nil for all.
        let strap: String?
        /// Everything up to this revision was taken.
        var taken: UInt64
        /// Whether the next update shows every strap as changed.
        var isNew = true
        var ending: OutputEnding?
        var hasEnded = false

        func shows(_ name: String) -> Bool { strap.map { $0 == name } ?? true }
    }

    private let freshMilliseconds: Int64
    private var order: [String]
    private var straps: [String: Strap]
    /// The beats of the last minutes, also of the links before. In place: a copy for each reading would cost more.
    private var beats: [String: BeatWindow] = [:]
    /// The removed straps, until every output has taken that.
    private var removed: [String: UInt64] = [:]
    private var revision: UInt64 = 1
    private var marks: [Int: Mark] = [:]
    private var nextMark = 0

    init(straps: [String], freshMilliseconds: Int64 = Self.freshMilliseconds) {
        self.freshMilliseconds = freshMilliseconds
        order = straps
        self.straps = Dictionary(uniqueKeysWithValues: straps.map { ($0, Strap(revision: 1)) })
    }

    // MARK: Events

    /// Shows these straps from now on. Known straps keep their values, except those in `newDevices`.
    mutating func follow(_ names: [String], newDevices: Set<String>) {
        revision += 1
        let known = straps
        order = names
        straps = Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, known[name].flatMap { newDevices.contains(name) ? nil : $0 } ?? Strap(revision: revision))
            })
        for name in known.keys where straps[name] == nil { removed[name] = revision }
        beats = beats.filter { straps[$0.key] != nil && !newDevices.contains($0.key) }
        for name in names { removed[name] = nil }
        forgetTakenRemovals()
    }

    /// Takes an event, and for a measurement its stamped reading. Whether outputs see a difference.
    mutating func take(_ event: StrapEvent, _ reading: Reading?) -> Bool {
        guard var strap = straps[event.strap] else { return false }
        let before = strap.seen(as: event.strap)
        switch event.kind {
        case .state(let state):
            strap.phase = state.phase
            strap.device = state.device ?? strap.device
            if state.phase.endsLink {
                strap.last = nil
                beats[event.strap]?.interrupt()
            }
        case .details(let details): strap.details = details
        case .measurement:
            guard let reading else { return false }
            strap.last = reading
            strap.isOverdue = false
            beats[event.strap, default: BeatWindow()].take(
                reading.measurement.rrIntervals, hasContact: reading.heartRate != nil,
                atMilliseconds: reading.bootMilliseconds)
        case .malformed, .overflow: return false
        }
        defer { straps[event.strap] = strap }
        let after = strap.seen(as: event.strap)
        // Straps without skin contact send all the time, and nothing new.
        guard after != before else { return false }
        revision += 1
        strap.revision = revision
        if after.reading == nil {
            strap.recent.removeAll()
        } else if let newest = reading ?? (before.reading == nil ? strap.last : nil) {
            // The first packet of a link comes before the state that makes it live.
            strap.recent.append((revision, newest))
            if strap.recent.count > Self.mostReadings { strap.recent.removeFirst() }
        }
        return true
    }

    /// Finds the live straps whose last measurement is too old.
    private mutating func expire(at now: Moment) {
        for (name, strap) in straps where strap.phase == .live && !strap.isOverdue {
            guard let last = strap.last, now.bootMilliseconds - last.bootMilliseconds > freshMilliseconds else {
                continue
            }
            revision += 1
            straps[name]?.isOverdue = true
            straps[name]?.recent.removeAll()
            straps[name]?.revision = revision
        }
    }

    /// In how many milliseconds the first live strap is too old; nil without one.
    func millisecondsUntilStale(from now: Moment) -> Int64? {
        straps.values.compactMap { strap in
            guard strap.phase == .live, !strap.isOverdue, let last = strap.last else { return nil }
            return max(0, last.bootMilliseconds + freshMilliseconds + 1 - now.bootMilliseconds)
        }.min()
    }

    // MARK: Outputs

    /// A place for an output of this strap, or of all.
    mutating func addMark(of strap: String?) -> Int {
        nextMark += 1
        marks[nextMark] = Mark(strap: strap, taken: revision)
        return nextMark
    }

    mutating func removeMark(_ id: Int) {
        marks[id] = nil
        forgetTakenRemovals()
    }

    /// The next update shows every strap as changed.
    mutating func rewind(_ id: Int) {
        marks[id]?.isNew = true
        marks[id]?.taken = revision
    }

    mutating func end(_ id: Int, _ ending: OutputEnding) {
        if marks[id]?.ending == nil { marks[id]?.ending = ending }
    }

    func isEnding(_ id: Int) -> Bool { marks[id]?.ending != nil }

    /// Whether ``take(_:at:)`` has something new for the output, or it has ended.
    func isChanged(for id: Int) -> Bool {
        guard let mark = marks[id] else { return true }
        if mark.isNew || mark.ending != nil { return true }
        let isRemoved = removed.contains { mark.shows($0.key) && $0.value > mark.taken }
        return isRemoved || order.contains { mark.shows($0) && straps[$0]?.revision ?? 0 > mark.taken }
    }

    /// The update for an output; nil after its last one.
    mutating func take(_ id: Int, at now: Moment) -> OutputUpdate? {
        expire(at: now)
        guard let mark = marks[id], !mark.hasEnded else { return nil }
        let gone = removed.filter { mark.shows($0.key) && $0.value > mark.taken }.keys.sorted()
        var seen = order.filter(mark.shows).compactMap { name -> LiveStrap? in
            guard let strap = straps[name] else { return nil }
            var seen = strap.seen(as: name)
            seen.isChanged = mark.isNew || strap.revision > mark.taken
            seen.readings = strap.recent.filter { $0.revision > mark.taken }.map(\.reading)
            // An output that begins, or begins again, starts with the newest.
            if mark.isNew, let reading = seen.reading { seen.readings = [reading] }
            return seen
        }
        if mark.ending != nil {
            for index in seen.indices {
                seen[index].value = .none(.stopped)
                seen[index].readings = []
                seen[index].hasContact = nil
                seen[index].isChanged = true
            }
            marks[id]?.hasEnded = true
        }
        marks[id]?.isNew = false
        marks[id]?.taken = revision
        forgetTakenRemovals()
        return OutputUpdate(
            straps: seen + gone.map { LiveStrap(name: $0, value: .none(.removed)) }, ending: mark.ending)
    }

    /// All straps, for a reader that is no output.
    mutating func snapshot(at now: Moment) -> [LiveStrap] {
        expire(at: now)
        return order.compactMap { name in straps[name]?.seen(as: name) }
    }

    /// The beats of a strap for its variability; nil before the first reading.
    func beats(of strap: String) -> BeatWindow? { beats[strap] }

    private mutating func forgetTakenRemovals() {
        let least = marks.values.filter { !$0.hasEnded }.map(\.taken).min() ?? .max
        removed = removed.filter { $0.value > least }
    }
}

extension StrapState.Phase {
    /// Whether an earlier measurement belongs to another link. The first packet of a link can come before the last
    /// state on the way to ``live``.
    fileprivate var endsLink: Bool {
        switch self {
        case .searching, .connecting, .stale, .disconnected, .blocked: true
        case .resolving, .subscribing, .live, .noContact: false
        }
    }
}
