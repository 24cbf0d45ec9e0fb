/// Times the beats of one heart from the readings of a strap, as a value without a clock of its own.
///
/// A packet reports its beats up to a packet later, and several at once. So each beat is played a little more than one
/// packet after the heart, at the distance (RR interval) that the strap has measured. Without RR intervals the beats
/// follow the rate.
///
/// The strap's clock and this machine's differ, and a strap leaves out intervals that it does not trust. The clock
/// moves towards the packets by up to ``gentleStep`` a beat. A packet that comes too late delays the beats at once.
/// Beyond ``largestDifference`` the clock starts again from the newest packet.
///
/// All times are microseconds since the machine booted.
package struct BeatClock: Sendable, Equatable {
    package struct Beat: Sendable, Equatable {
        package let atMicroseconds: Int64
        /// The time since the beat before, as the strap has measured it. Nil for a beat that follows the rate.
        package let rrMilliseconds: Int?
    }

    /// A change of one distance that no eye notices: this much later, and half of it earlier, which is never urgent.
    static let gentleStep: Int64 = 10_000
    static let largestDifference: Int64 = 2_000_000
    /// Packets that the link repeats come this much later.
    static let margin: Int64 = 150_000
    /// The distance of packets before it is known: nearly all straps send one a second.
    static let usualPacketGap: Int64 = 1_000_000
    /// The longest time between two packets of a strap that is worn.
    static let longestPacketGap: Int64 = 3_000_000
    /// 300 to 20 beats a minute. Other intervals are artefacts.
    static let plausible: ClosedRange<Int64> = 200_000...3_000_000
    static let window = 16
    /// Without a packet for longer, no beat is assumed.
    static let longestSilence: Int64 = 6_000_000

    private var beatsPerMinute = 0
    /// The beats to come that the strap has reported, in order.
    private var queue: [Beat] = []
    /// When the newest reported beat is or was due: the next interval continues from here.
    private var tail: Int64?
    /// The last beat that was taken.
    private var last: Int64?
    private var firstArrival: Int64?
    private var lastArrival: Int64?
    private var lastIntervals: Int64?
    private var packets: [Packet] = []

    /// How one packet lay to the beats.
    private struct Packet: Sendable, Equatable {
        /// The time since the packet before.
        var gap: Int64
        /// From the arrival to its first beat.
        var lead: Int64
        /// From the arrival to its newest beat: at least this much are the beats behind the heart.
        var newestLead: Int64
        /// Whether its first beat was due before it came.
        var isLate: Bool
    }

    package init() {}

    /// Takes a reading with a heart rate, at its arrival. The intervals are in units of 1/1024 s, oldest first.
    package mutating func take(beatsPerMinute: Int, rrIntervals: [UInt16], atMicroseconds now: Int64) {
        guard beatsPerMinute > 0 else { return stop() }
        self.beatsPerMinute = beatsPerMinute
        let gap = lastArrival.map { now - $0 } ?? Self.usualPacketGap
        firstArrival = firstArrival ?? now
        lastArrival = now
        let intervals = rrIntervals.map { Int64($0) * 1_000_000 / 1024 }
        guard !intervals.isEmpty else { return }
        lastIntervals = now
        guard intervals.allSatisfy(Self.plausible.contains) else {
            // The beats before and after an artefact do not fit together.
            tail = nil
            return
        }
        let lead = (tail ?? .min / 2) + intervals[0] - now
        let isContinued = (-Self.largestDifference...delay + Self.largestDifference).contains(lead)
        let isLate = isContinued && lead < 0
        if isLate { shift(by: Self.margin - lead) }
        if isContinued { append(intervals) } else { start(intervals, now) }
        note(gap: gap, isLate: isLate, intervals, now)
    }

    /// Forgets everything, when there is no heart rate any more.
    package mutating func stop() {
        self = BeatClock()
    }

    /// When the next beat is due; nil without a heart rate.
    package var nextMicroseconds: Int64? {
        if let first = queue.first {
            // Where packets are lost, beats follow the rate until the next reported one.
            if let last, first.atMicroseconds - last > 2 * intervalOfRate { return last + intervalOfRate }
            return first.atMicroseconds
        }
        guard beatsPerMinute > 0, let before = last ?? firstArrival else { return nil }
        let next = before + intervalOfRate
        guard let lastArrival, next - lastArrival < Self.longestSilence else { return nil }
        // A strap that reports intervals will report this beat too; then its time is better.
        let isReported = lastIntervals.map { next - $0 < Self.longestPacketGap } ?? false
        return isReported ? next + Self.margin * 2 : next
    }

    /// The beat that is due, and none of those that were missed while the machine slept.
    package mutating func takeDue(atMicroseconds now: Int64) -> Beat? {
        guard var due = nextMicroseconds, due <= now else { return nil }
        var rrMilliseconds: Int?
        while let first = queue.first, first.atMicroseconds <= now {
            (due, rrMilliseconds) = (first.atMicroseconds, first.rrMilliseconds)
            queue.removeFirst()
        }
        let isLate = now - due > intervalOfRate / 2
        last = isLate ? now : due
        return Beat(atMicroseconds: due, rrMilliseconds: rrMilliseconds)
    }

    // MARK: -

    private var intervalOfRate: Int64 { 60_000_000 / Int64(max(beatsPerMinute, 1)) }

    /// How far the beats must be behind the heart, so that each is reported before it is due.
    private var delay: Int64 {
        min(packets.map(\.gap).max() ?? Self.usualPacketGap, Self.longestPacketGap) + Self.margin
    }

    /// Starts the beats again from a packet: its newest beat may be as new as the packet itself.
    private mutating func start(_ intervals: [Int64], _ now: Int64) {
        queue = []
        packets = []
        tail = now + delay - intervals.reduce(0, +)
        append(intervals)
    }

    private mutating func append(_ intervals: [Int64]) {
        for interval in intervals {
            let step = nextStep
            if step != 0 { shift(by: step) }
            let due = (tail ?? 0) + interval
            tail = due
            // A beat that followed the rate has been in this one's place.
            guard due > (queue.last?.atMicroseconds ?? last ?? .min / 2) + interval / 2 else { continue }
            queue.append(Beat(atMicroseconds: due, rrMilliseconds: Int((interval + 500) / 1000)))
        }
    }

    /// The beats from here on are this much later. Those that are planned already stay.
    private mutating func shift(by step: Int64) {
        tail = tail.map { $0 + step }
        for index in packets.indices {
            packets[index].lead += step
            packets[index].newestLead += step
        }
    }

    private var nextStep: Int64 {
        guard packets.count >= Self.window / 2, let least = packets.map(\.lead).min(),
            let most = packets.map(\.newestLead).max()
        else { return 0 }
        if least < Self.margin / 2 { return min(Self.margin / 2 - least, Self.gentleStep) }
        // Later by the longest gap, no packet comes too late.
        if most < delay, packets.contains(where: \.isLate) { return min(delay - most, Self.gentleStep) }
        let excess = most - delay - Self.margin / 2
        return excess > 0 ? -min(excess, Self.gentleStep / 2) : 0
    }

    private mutating func note(gap: Int64, isLate: Bool, _ intervals: [Int64], _ now: Int64) {
        guard let tail else { return }
        let newest = tail - now
        packets.append(
            Packet(
                gap: gap, lead: newest - intervals.dropFirst().reduce(0, +), newestLead: newest, isLate: isLate))
        if packets.count > Self.window { packets.removeFirst() }
    }
}
