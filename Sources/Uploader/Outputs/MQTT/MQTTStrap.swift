import BlueZ
import HeartRate
import MQTT
import Outbox

/// The messages of one strap and their times, as a value without a clock. Times are milliseconds since boot.
///
/// The heart rate is sent when it changes, once a second at most, and else within a third of the expiry time. Nothing
/// is sent twice without a new reading, and nothing that is older than ``freshMilliseconds``.
struct MQTTStrap: Sendable {
    static let gapMilliseconds: Int64 = 1_000
    static let freshMilliseconds: Int64 = 10_000
    private static let rmssdGapMilliseconds: Int64 = 10_000
    /// No value. Home Assistant shows it as unknown.
    static let none = "None"

    let topics: MQTTTopics.Strap
    private let refreshMilliseconds: Int64
    private let hasBeats: Bool
    private(set) var strap: LiveStrap
    private var rmssd = RollingRMSSD()
    /// Readings that are not published yet.
    private var pending: [Reading] = []
    private var pendingBeats: [Int] = []
    private var lastSentAt: Int64?
    private var lastRate: (text: String, at: Int64)?
    private var lastRMSSD: (text: String, at: Int64)?
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
            pendingBeats = []
            return
        }
        for reading in strap.readings { rmssd.add(reading) }
        pending = Array((pending + strap.readings).suffix(LiveStrapTable.mostReadings))
        if hasBeats { pendingBeats += strap.readings.flatMap(\.rrMilliseconds) }
    }

    /// Publishes everything again that is true now: after a connection, and when Home Assistant has started.
    mutating func announceAgain() {
        kept = [:]
        lastRate = nil
        lastRMSSD = nil
        lastState = nil
        lastSentAt = nil
        if pending.isEmpty, let reading = strap.reading { pending = [reading] }
    }

    /// The states that have changed, which the broker keeps.
    mutating func states() -> [MQTTMessage] {
        var states = [(topics.status, isLinked ? "online" : "offline")]
        if let contact = strap.hasContact { states.append((topics.contact, contact ? "ON" : "OFF")) }
        if let percent = strap.details.batteryPercent { states.append((topics.battery, "\(percent)")) }
        let changed = states.filter { kept[$0.0] != $0.1 }
        for (topic, payload) in changed { kept[topic] = payload }
        return changed.map { .kept($0.0, $0.1) }
    }

    /// The values of this moment; empty if none is due.
    mutating func values(at now: Int64) -> [MQTTMessage] {
        guard let reading = strap.reading else { return absence() }
        guard let due = nextDue(after: now), due <= now else { return [] }
        guard now - reading.bootMilliseconds <= Self.freshMilliseconds else {
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
        if let value = rmssd.milliseconds, now - (lastRMSSD?.at ?? .min / 2) >= Self.rmssdGapMilliseconds {
            let text = Self.oneDecimal(value)
            messages.append(.live(topics.rmssd, text))
            lastRMSSD = (text, now)
        }
        messages += pendingBeats.map { .live(topics.beat, "{\"event_type\":\"beat\",\"rr_ms\":\($0)}") }
        pending = []
        pendingBeats = []
        lastSentAt = now
        lastState = strap.stateWord
        return messages
    }

    /// When values are due; nil if nothing waits.
    func nextDue(after now: Int64) -> Int64? {
        guard strap.reading != nil, !pending.isEmpty else { return nil }
        return lastSentAt.map { $0 + Self.gapMilliseconds } ?? now
    }

    /// Says once that there is no value any more, if there was one.
    private mutating func absence() -> [MQTTMessage] {
        var messages: [MQTTMessage] = []
        if lastRate != nil { messages.append(.live(topics.heartRate, Self.none)) }
        if lastRMSSD != nil { messages.append(.live(topics.rmssd, Self.none)) }
        if let lastState, lastState != strap.stateWord {
            messages.append(.live(topics.reading, MQTTReading(strap, []).json))
        }
        lastRate = nil
        lastRMSSD = nil
        lastSentAt = nil
        lastState = strap.stateWord
        return messages
    }

    /// Connected to the strap, with or without a heart rate.
    private var isLinked: Bool { strap.absence == nil || strap.absence == .noContact }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
