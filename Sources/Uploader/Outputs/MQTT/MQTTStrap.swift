import BlueZ
import HeartRate
import MQTT
import Outbox

/// The messages of one strap and their times, as a value without a clock. Times are milliseconds since boot.
///
/// The heart rate is sent when it changes, once a second at most, and else within a third of the expiry time. Nothing
/// is sent twice without a new reading, and nothing that is older than ``LiveStrapTable/freshMilliseconds``.
struct MQTTStrap: Sendable {
    static let gapMilliseconds: Int64 = 1_000
    static let variabilityGapMilliseconds: Int64 = 10_000
    /// No value. Home Assistant shows it as unknown.
    static let none = "None"

    let topics: MQTTTopics.Strap
    private let refreshMilliseconds: Int64
    private let hasBeats: Bool
    private(set) var strap: LiveStrap
    /// Readings that are not published yet.
    private var pending: [Reading] = []
    /// Each beat is an event a little more than one packet after the heart, as with OSC.
    private var beats = BeatClock()
    private var lastSentAt: Int64?
    private var lastRate: (text: String, at: Int64)?
    private var lastVariabilityAt: Int64?
    /// The topics of values that stand there.
    private var shownTopics: Set<String> = []
    private var lastState: String?
    /// The payloads that the broker keeps, by topic.
    private var kept: [String: String] = [:]

    init(_ topics: MQTTTopics.Strap, expireSeconds: Int, hasBeats: Bool, _ strap: LiveStrap) {
        self.topics = topics
        self.hasBeats = hasBeats
        self.strap = strap
        // A reading comes about once a second: the one before the deadline is sent.
        refreshMilliseconds = max(0, Int64(expireSeconds) * 1000 / 3 - Self.gapMilliseconds)
    }

    mutating func take(_ strap: LiveStrap) {
        self.strap = strap
        guard strap.reading != nil else {
            pending = []
            beats.stop()
            return
        }
        pending = Array((pending + strap.readings).suffix(LiveStrapTable.mostReadings))
        guard hasBeats else { return }
        for reading in strap.readings {
            beats.take(
                beatsPerMinute: Int(reading.measurement.beatsPerMinute),
                rrIntervals: reading.measurement.rrIntervals, atMicroseconds: reading.bootMilliseconds * 1000)
        }
    }

    /// Publishes everything again that is true now: after a connection, and when Home Assistant has started.
    mutating func announceAgain() {
        kept = [:]
        lastRate = nil
        lastVariabilityAt = nil
        lastState = nil
        lastSentAt = nil
        if pending.isEmpty, let reading = strap.reading { pending = [reading] }
    }

    /// The states that have changed, which the broker keeps.
    mutating func states() -> [MQTTMessage] {
        var states = [(topics.status, isLinked ? "online" : "offline")]
        if let contact { states.append((topics.contact, contact)) }
        if let battery { states.append((topics.battery, battery)) }
        let changed = states.filter { kept[$0.0] != $0.1 }
        for (topic, payload) in changed { kept[topic] = payload }
        return changed.map { .kept($0.0, $0.1) }
    }

    /// A strap that cannot detect contact may follow one that can. Nil leaves what the broker has.
    private var contact: String? {
        strap.hasContact.map { $0 ? "ON" : "OFF" } ?? (strap.reading == nil ? nil : Self.none)
    }

    /// Nil leaves what the broker has, unless that is the battery of another device.
    private var battery: String? {
        strap.details.batteryPercent.map { "\($0)" } ?? (kept[topics.battery] == nil ? nil : Self.none)
    }

    /// The values of this moment; empty if none is due.
    mutating func values(at now: Int64) -> [MQTTMessage] {
        guard let reading = strap.reading else { return absence() }
        return beat(at: now) + values(of: reading, at: now)
    }

    private mutating func values(of reading: Reading, at now: Int64) -> [MQTTMessage] {
        guard let due = nextValue(after: now), due <= now else { return [] }
        guard now - reading.bootMilliseconds <= LiveStrapTable.freshMilliseconds else {
            pending = []
            return []
        }
        var messages: [MQTTMessage] = []
        let rate = "\(reading.measurement.beatsPerMinute)"
        if lastRate?.text != rate || now - (lastRate?.at ?? 0) >= refreshMilliseconds {
            messages.append(.live(topics.heartRate, rate))
            lastRate = (rate, now)
        }
        messages.append(.live(topics.reading, MQTTReading(strap, pending).json))
        messages += variability(at: now)
        pending = []
        lastSentAt = now
        lastState = strap.stateWord
        return messages
    }

    /// When values or a beat are due; nil if nothing waits.
    func nextDue(after now: Int64) -> Int64? {
        let beat = hasBeats && strap.reading != nil ? beats.nextMicroseconds.map { ($0 + 999) / 1000 } : nil
        return [nextValue(after: now), beat].compactMap(\.self).min()
    }

    private func nextValue(after now: Int64) -> Int64? {
        guard strap.reading != nil, !pending.isEmpty else { return nil }
        return lastSentAt.map { $0 + Self.gapMilliseconds } ?? now
    }

    /// Says once that there is no value any more, if there was one.
    private mutating func absence() -> [MQTTMessage] {
        var messages: [MQTTMessage] = []
        if lastRate != nil { messages.append(.live(topics.heartRate, Self.none)) }
        messages += shownTopics.sorted().map { .live($0, Self.none) }
        if let lastState, lastState != strap.stateWord {
            messages.append(.live(topics.reading, MQTTReading(strap, []).json))
        }
        lastRate = nil
        lastVariabilityAt = nil
        shownTopics = []
        lastSentAt = nil
        lastState = strap.stateWord
        return messages
    }

    /// Connected to the strap, with or without a heart rate.
    private var isLinked: Bool { strap.absence == nil || strap.absence == .noContact }

    private mutating func beat(at now: Int64) -> [MQTTMessage] {
        guard hasBeats, let beat = beats.takeDue(atMicroseconds: now * 1000) else { return [] }
        let interval = beat.rrMilliseconds.map { ",\"rr_ms\":\($0)" } ?? ""
        return [.live(topics.beat, "{\"event_type\":\"beat\"\(interval)}")]
    }

    /// Every ten seconds the reliable values, and all of them with their counts as JSON.
    private mutating func variability(at now: Int64) -> [MQTTMessage] {
        guard let values = strap.variability,
            now - (lastVariabilityAt ?? .min / 2) >= Self.variabilityGapMilliseconds
        else { return [] }
        let texts: [(topic: String, text: String?)] = [
            (topics.rmssd, values.rmssd?.text(decimals: 1)), (topics.sdnn, values.sdnn?.text(decimals: 1)),
            (topics.pnn50, values.pnn50?.text(decimals: 1)), (topics.dfaAlpha1, values.dfaAlpha1?.text(decimals: 2)),
        ]
        let messages = texts.compactMap { topic, text in text.map { MQTTMessage.live(topic, $0) } }
        let shown = Set(messages.map(\.topic))
        // Values that have stood there, and are not reliable any more.
        let lost = shownTopics.subtracting(shown).sorted().map { MQTTMessage.live($0, Self.none) }
        // With too few beats the time of the next try stays open.
        guard !messages.isEmpty || !lost.isEmpty else { return [] }
        lastVariabilityAt = now
        shownTopics = shown
        return messages + lost + [.live(topics.variability, LiveVariabilityReport(values).json)]
    }
}
