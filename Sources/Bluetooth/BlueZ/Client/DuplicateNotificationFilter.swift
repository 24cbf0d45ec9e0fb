import Timing

/// Drops duplicate notifications. If several programs are subscribed to a strap, bluetoothd signals each packet once
/// for each of them, directly one after the other.
///
/// Two equal packets in a row are not always duplicates: delayed packets arrive together. So the filter learns the
/// number of signals for a packet from two facts: the first signals if other programs are subscribed already, and the
/// rate at which a strap can send. In doubt a packet counts as a new one.
struct DuplicateNotificationFilter: Sendable {
    /// Equal signals in direct succession.
    private struct Run {
        var content: Packet.Content
        var lastMilliseconds: Int64
        var signals = 1
    }

    /// A strap that sends more often than this is none, and nothing is held back.
    private static let shortestPeriodMilliseconds: Int64 = 150
    /// Straps send about once a second. The period of a strap is known from its second packet on.
    private static let usualPeriodMilliseconds: Int64 = 1000
    /// Two signals are of one packet only if less than this lies between them, or than a quarter of the period when
    /// that is known.
    private static let firstGapMilliseconds: Int64 = 50
    /// The number of packets from which the period is learned.
    private static let memory = 9

    /// The number of signals for a packet. Nil before the first packet, if other programs were subscribed before.
    private var copies: Int?
    private var run: Run?
    /// When the first subscription stood, by the boot clock; nil if that is unknown or long ago.
    private var subscribedMilliseconds: Int64?
    /// When the last packets arrived, by the boot clock.
    private var arrivals: [Int64] = []

    /// The packet that a signal brings; nil for a copy, and when it brings none.
    mutating func packet(in notification: Notification) -> Packet? {
        switch notification {
        case .begun(let moment):
            begin(at: moment.bootMilliseconds)
            return nil
        case .packet(let packet): return isCopy(packet) ? nil : packet
        }
    }

    /// No other program was subscribed before.
    private mutating func begin(at now: Int64) {
        self = DuplicateNotificationFilter()
        copies = 1
        subscribedMilliseconds = now
    }

    private mutating func isCopy(_ packet: Packet) -> Bool {
        let now = packet.arrival.bootMilliseconds
        guard var run, run.content == packet.content, now - run.lastMilliseconds < longestGapMilliseconds else {
            startRun(packet.content, now)
            return false
        }
        let before = run.signals
        run.signals += 1
        run.lastMilliseconds = now
        self.run = run
        guard let copies, before.isMultiple(of: copies) else { return true }
        guard canHaveSentAnother(by: now) else {
            self.copies = copies + 1
            return true
        }
        note(now)
        return false
    }

    private mutating func startRun(_ content: Packet.Content, _ now: Int64) {
        if let run { copies = min(copies ?? run.signals, run.signals) }
        run = Run(content: content, lastMilliseconds: now)
        note(now)
    }

    private mutating func note(_ now: Int64) {
        if arrivals.count == Self.memory {
            arrivals.removeFirst()
            subscribedMilliseconds = nil
        }
        arrivals.append(now)
    }

    /// Whether the strap's period leaves room for one more packet since any of the last: one that was held up makes the
    /// time after it too short, so that one witness is enough.
    private func canHaveSentAnother(by now: Int64) -> Bool {
        let period = periodMilliseconds ?? Self.usualPeriodMilliseconds
        let witnesses = (subscribedMilliseconds.map { [$0] } ?? []) + arrivals
        return witnesses.reversed().enumerated().contains { since, witness in
            2 * (now - witness) >= (2 * Int64(since) + 1) * period
        }
    }

    private var longestGapMilliseconds: Int64 {
        guard let period = periodMilliseconds else { return Self.firstGapMilliseconds }
        return period < Self.shortestPeriodMilliseconds ? 0 : period / 4
    }

    /// The middle one of the times between the last packets; nil before the second.
    private var periodMilliseconds: Int64? {
        let periods = zip(arrivals.dropFirst(), arrivals).map(-).sorted()
        return periods.isEmpty ? nil : periods[periods.count / 2]
    }
}
