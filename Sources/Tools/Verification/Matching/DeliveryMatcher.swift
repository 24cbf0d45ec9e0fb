package import Outbox
import Timing

/// Matches the acknowledged readings of the outbox with the readings that the service shows: events in, verdicts out,
/// without a clock or I/O. Times are in milliseconds of the clock that never steps.
///
/// The user, the time of measurement and the rate identify a reading. Its observation mostly comes before its
/// acknowledgement. A reading that is not shown is *missing* only if the stream had to show it:
///
/// | The reading was acknowledged … | not shown, it is |
/// | --- | --- |
/// | while the stream was open | missing: after the grace, once the stream was heard again, or at the end |
/// | less than the grace before the stream was heard last | kept, if the hub's history has it; else unprovable |
/// | while the stream was away | the same |
/// | after it opened, but may have been in flight when it did | the same; when it opened first: not of this window |
/// | while `latest` was polled, and a later one was shown | the same |
///
/// What the hub was asked for and does not have is missing, seen or not. docs/verify.md says more.
package struct DeliveryMatcher: Sendable {
    package struct Result: Sendable, Equatable {
        package let reading: AcknowledgedReading
        let verdict: Verdict
    }

    /// How long a reading may take from its acknowledgement to its observation.
    let graceMilliseconds: Int64
    /// Whether `latest` is asked for again and again, in place of a stream.
    let isPolling: Bool
    /// Whether a hub can be asked for what it has.
    let asksHistory: Bool
    package let lanes: Set<Lane>
    /// The profile under which the service shows the readings of a lane, as far as known.
    private(set) var members: [Lane: String]

    var pendingReadings: [PendingReading.Key: PendingReading] = [:]
    var tallies: [Lane: VerificationTally] = [:]
    /// Expired readings that are not yet separated from the sent ones.
    var tooOld: [Lane: Int] = [:]
    var observations = ObservationLog()
    /// When the service was heard last.
    private(set) var heardAt = Int64.min
    private(set) var isOpen = false
    private(set) var hasClockBeenSet = false
    private var hasEnded = false
    private var openings = 0
    /// Readings that may have been in flight when the stream opened.
    private var inFlightAtOpen: Set<PendingReading.Key> = []
    /// The readings that were not shown yet, by the content that would show them.
    private var unseen: [Content: Set<PendingReading.Key>] = [:]

    private struct Content: Hashable {
        let measuredAtMilliseconds: Int64
        let beatsPerMinute: Int

        init(_ reading: AcknowledgedReading) {
            measuredAtMilliseconds = reading.measuredAtMilliseconds
            beatsPerMinute = reading.beatsPerMinute
        }

        init(_ observation: Observation) {
            measuredAtMilliseconds = observation.measuredAtMilliseconds
            beatsPerMinute = observation.beatsPerMinute
        }
    }

    package init(
        lanes: Set<Lane>, members: [Lane: String], grace: Duration, isPolling: Bool = false, asksHistory: Bool = false
    ) {
        self.lanes = lanes
        self.members = members
        graceMilliseconds = Int64(grace / .milliseconds(1))
        self.isPolling = isPolling
        self.asksHistory = asksHistory
    }

    /// Whether waiting is useless: all observable readings were observed, and all observations were acknowledged.
    func isSettled(at now: Int64) -> Bool {
        !pendingReadings.values.contains { $0.seen == nil && ($0.coverage == .live || $0.coverage == .overtakable) }
            && !observations.hasUnmatched(since: now - graceMilliseconds)
    }

    // MARK: The service

    /// The stream is open. `inFlightAtOpen` are the waiting readings that may have been sent already. Report earlier
    /// acknowledgements before this call.
    mutating func opened(inFlightAtOpen: Set<PendingReading.Key>, at now: Int64) {
        isOpen = true
        openings += 1
        self.inFlightAtOpen = inFlightAtOpen
        heard(at: now)
    }

    /// The stream is away. What it had no time to show, it did not have to.
    package mutating func closed() {
        isOpen = false
        for (key, pending) in pendingReadings where pending.coverage == .live && !isOverdue(pending) {
            pendingReadings[key]?.coverage = .away
        }
    }

    /// Whether the profile of each lane is known.
    var knowsMembers: Bool { members.count == lanes.count }

    /// Takes profiles that the service reports. Without them a lane gets the profile that first shows one of its
    /// readings, which may be another one's of the same moment and rate.
    mutating func learn(_ profiles: [Lane: String]) -> [Result] {
        lanes.subtracting(members.keys).sorted { $0.description < $1.description }.flatMap { lane in
            profiles[lane].map { bind(lane, to: $0) } ?? []
        }
    }

    /// The service answered, with an observation or without.
    mutating func heard(at now: Int64) { heardAt = max(heardAt, now) }

    mutating func see(_ observation: Observation) -> [Result] {
        heard(at: observation.at.bootMilliseconds)
        let waiting = unseen[Content(observation)] ?? []
        let isKnown = members.values.contains(observation.member)
        if !isKnown && members.count == lanes.count { return [] }
        if hasEnded && waiting.isEmpty {
            observations.overtake(with: observation)
            return []
        }
        // The first that a poll gets was the latest before.
        let mayBeOld = isPolling && observations.newestMeasurement(of: observation.member) == nil
        guard observations.add(observation, mayBeOld: mayBeOld) else { return [] }
        if isKnown { return waiting.sorted { $0.id < $1.id }.compactMap { match($0) } }
        let strangers = Set(waiting.map(\.lane)).subtracting(members.keys)
        guard strangers.count == 1, let lane = strangers.first else { return [] }
        return bind(lane, to: observation.member)
    }

    // MARK: The outbox

    package mutating func acknowledged(_ reading: AcknowledgedReading, at now: Int64) -> [Result] {
        guard lanes.contains(reading.lane), !hasEnded || isShown(reading) else { return [] }
        let key = PendingReading.Key(lane: reading.lane, id: reading.id)
        pendingReadings[key] = PendingReading(reading: reading, acknowledgedAt: now, coverage: coverage(of: key))
        unseen[Content(reading), default: []].insert(key)
        if members[reading.lane] != nil { return match(key).map { [$0] } ?? [] }
        let shown = observations.members(shownAt: reading.measuredAtMilliseconds, with: reading.beatsPerMinute)
            .subtracting(members.values)
        guard shown.count == 1, let member = shown.first else { return [] }
        return bind(reading.lane, to: member)
    }

    /// `count` readings of the lane expired. Report them before the readings of the lane.
    mutating func passedOver(_ count: Int, of lane: Lane) { tooOld[lane, default: 0] += count }

    package mutating func refused(_ count: Int, of lane: Lane) { tallies[lane, default: .init()].refused += count }

    /// The uploader's clock was set: earlier readings may have been sent with an unknown time.
    mutating func clockSet() { hasClockBeenSet = true }

    /// A later acknowledgement counts only if the reading was shown before.
    package mutating func end() { hasEnded = true }

    // MARK: Parts

    /// Whether the service answered after the grace of the reading.
    func isOverdue(_ pending: PendingReading) -> Bool { pending.acknowledgedAt + graceMilliseconds <= heardAt }

    /// Nothing more is to be learnt about the reading.
    package mutating func forget(_ key: PendingReading.Key) {
        if let pending = pendingReadings.removeValue(forKey: key) { removeFromUnseen(key, pending.reading) }
        inFlightAtOpen.remove(key)
    }

    private func coverage(of key: PendingReading.Key) -> PendingReading.Coverage {
        if openings == 0 { return .beforeWindow }
        if isPolling { return .overtakable }
        if !isOpen { return .away }
        if inFlightAtOpen.contains(key) { return openings == 1 ? .beforeWindow : .away }
        return .live
    }

    private func isShown(_ reading: AcknowledgedReading) -> Bool {
        observationKey(of: reading).map(observations.contains) ?? false
    }

    private mutating func bind(_ lane: Lane, to member: String) -> [Result] {
        members[lane] = member
        return pendingReadings.keys.filter { $0.lane == lane }.sorted { $0.id < $1.id }.compactMap { match($0) }
    }

    private mutating func match(_ key: PendingReading.Key) -> Result? {
        guard let pending = pendingReadings[key], pending.seen == nil, let wanted = observationKey(of: pending.reading),
            let record = observations.match(wanted)
        else { return nil }
        let reading = pending.reading
        let verdict = Verdict.seen(
            latencyMilliseconds: record.observation.at.wallMilliseconds - reading.measuredAtMilliseconds,
            isOutOfOrder: record.isOutOfOrder)
        tallies[key.lane, default: .init()].add(verdict)
        pendingReadings[key]?.seen = verdict
        removeFromUnseen(key, reading)
        return Result(reading: reading, verdict: verdict)
    }

    private mutating func removeFromUnseen(_ key: PendingReading.Key, _ reading: AcknowledgedReading) {
        unseen[Content(reading)]?.remove(key)
        if unseen[Content(reading)]?.isEmpty == true { unseen[Content(reading)] = nil }
    }

    private func observationKey(of reading: AcknowledgedReading) -> ObservationLog.Key? {
        members[reading.lane].map {
            ObservationLog.Key(
                member: $0, measuredAtMilliseconds: reading.measuredAtMilliseconds,
                beatsPerMinute: reading.beatsPerMinute)
        }
    }
}
