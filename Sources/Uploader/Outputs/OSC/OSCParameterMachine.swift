import HeartRate
import OSC
import Outbox

/// Decides when each parameter of one heart is sent: at once when it changes, again within a second, and never more
/// often than every tenth of a second. Pure: times are microseconds since the machine booted.
///
/// An avatar that the user puts on starts from its defaults, and VRChat does not report that. So values repeat.
struct OSCParameterMachine: Sendable {
    static let shortestGap: Int64 = 100_000
    static let longestGap: Int64 = 1_000_000
    /// The longest pulse. Others see no shorter one over VRChat's network.
    static let longestPulse: Int64 = 200_000

    private struct Slot: Sendable {
        let parameter: OSCParameter
        let address: String
        /// The last sent value, and when.
        var sent: (value: OSCArgument, at: Int64)?
    }

    private(set) var heart = OSCHeart()
    private var beats = BeatClock()
    private var pulseEnd: Int64?
    private var slots: [Slot]

    /// The parameters of these families. Their addresses begin with the prefix.
    init(_ families: [OSCFamily], prefix: String) {
        slots = OSCFamily.parameters(of: families).map { Slot(parameter: $0, address: prefix + $0.name) }
    }

    /// Takes a reading with a heart rate at its arrival.
    mutating func take(_ reading: OSCReading) {
        heart.take(
            rate: reading.beatsPerMinute, intervalsMilliseconds: reading.rrMilliseconds,
            batteryPercent: reading.batteryPercent, bootMilliseconds: reading.atMicroseconds / 1000)
        beats.take(
            beatsPerMinute: reading.beatsPerMinute, rrIntervals: reading.rrIntervals,
            atMicroseconds: reading.atMicroseconds)
    }

    /// Takes the variability; nil without a reliable value.
    mutating func take(rmssd: Double?, sdnn: Double?) {
        heart.take(rmssd: rmssd, sdnn: sdnn)
    }

    /// There is no heart rate any more: all values become 0 and false.
    mutating func stop() {
        heart = OSCHeart()
        beats.stop()
        pulseEnd = nil
    }

    /// When ``takeDue(atMicroseconds:)`` has messages, if nothing else happens.
    var nextMicroseconds: Int64 {
        let events = [beats.nextMicroseconds, pulseEnd].compactMap(\.self)
        return slots.indices.reduce(events.min() ?? .max) { min($0, due(slots[$1])) }
    }

    /// The messages to send now.
    mutating func takeDue(atMicroseconds now: Int64) -> [OSCMessage] {
        if let end = pulseEnd, end <= now { endPulse() }
        if let beat = beats.takeDue(atMicroseconds: now) { beginPulse(beat, now) }
        // Values that are due soon go with those that are due, so that the thread wakes once a second and not for each.
        let takesMore = slots.contains { due($0) <= now && !$0.parameter.isBeat }
        let sending = slots.indices.filter { due(slots[$0]) <= now || takesMore && isDueSoon(slots[$0], now) }
        return sending.map { index in
            let value = value(of: slots[index])
            slots[index].sent = (value, now)
            return OSCMessage(slots[index].address, value)
        }
    }

    /// Every parameter as it is without a heart rate, at once: for the end of the program.
    mutating func takeEnd() -> [OSCMessage] {
        stop()
        return slots.filter { $0.parameter.value(heart) != nil || $0.sent != nil }.map {
            OSCMessage($0.address, value(of: $0))
        }
    }

    private mutating func beginPulse(_ beat: BeatClock.Beat, _ now: Int64) {
        heart.beginPulse()
        // The next beat sends `true` again, and must not wait for the end of this pulse.
        let untilNext = min(max((beats.nextMicroseconds ?? .max) - now, 0), 60_000_000 / Int64(max(heart.rate, 1)))
        pulseEnd = now + min(max(untilNext / 2, Self.shortestGap), Self.longestPulse)
    }

    private mutating func endPulse() {
        heart.endPulse()
        pulseEnd = nil
    }

    private func isDueSoon(_ slot: Slot, _ now: Int64) -> Bool {
        !slot.parameter.isBeat && due(slot) < .max && (slot.sent.map { now - $0.at >= Self.longestGap / 2 } ?? true)
    }

    private func value(of slot: Slot) -> OSCArgument { slot.parameter.value(heart) ?? slot.parameter.end }

    private func due(_ slot: Slot) -> Int64 {
        // A value that was never there has no end.
        guard let sent = slot.sent else { return slot.parameter.value(heart) == nil ? .max : .min }
        guard sent.value == value(of: slot) else { return sent.at + Self.shortestGap }
        let latest = sent.at + Self.longestGap
        guard slot.parameter.isBeat, let beat = [beats.nextMicroseconds, pulseEnd].compactMap(\.self).min() else {
            return latest
        }
        // A beat sends the value again itself, and must not wait because the value was repeated just before.
        if beat <= latest { return .max }
        return min(latest, beat - Self.shortestGap * 3 / 2)
    }
}

/// A reading with a heart rate, as ``OSCParameterMachine`` takes it.
struct OSCReading: Sendable, Hashable {
    var beatsPerMinute: Int
    /// In units of 1/1024 s.
    var rrIntervals: [UInt16] = []
    var batteryPercent: Int?
    var atMicroseconds: Int64

    init(beatsPerMinute: Int, rrIntervals: [UInt16] = [], batteryPercent: Int? = nil, atMicroseconds: Int64) {
        self.beatsPerMinute = beatsPerMinute
        self.rrIntervals = rrIntervals
        self.batteryPercent = batteryPercent
        self.atMicroseconds = atMicroseconds
    }

    init(_ reading: Reading, batteryPercent: Int?) {
        self.init(
            beatsPerMinute: Int(reading.measurement.beatsPerMinute), rrIntervals: reading.measurement.rrIntervals,
            batteryPercent: batteryPercent, atMicroseconds: reading.bootMilliseconds * 1000)
    }

    var rrMilliseconds: [Int] { rrIntervals.map { (Int($0) * 1000 + 512) / 1024 } }
}
