import Timing

/// Since when the wall clock of this boot is trusted, and which time a reading gets from it.
///
/// Trust lasts until the machine goes down: a clock without its time server drifts by seconds a day only.
struct ClockTrust: Equatable {
    /// What one second's readings can be off by without a trace.
    private static let leastShiftMilliseconds: Int64 = 1000

    /// The moment at which the clock was first seen to be right; nil while it is not. Every reading of this boot that
    /// arrived before gets its time from here.
    private var trusted: Moment?
    /// Whether readings may have been stamped before the clock was right.
    private var startedUntrusted: Bool
    /// What the wall clock showed when it was first seen to be right, or at the start.
    private var reference: Moment

    init(trustedSinceStart: Bool, at now: Moment) {
        startedUntrusted = !trustedSinceStart
        reference = now
    }

    var isTrusted: Bool { !startedUntrusted || trusted != nil }

    mutating func trust(at now: Moment) {
        guard !isTrusted else { return }
        trusted = now
        reference = now
    }

    /// A time server has set the clock. Returns whether the clock, trusted because of its battery, was off by a second
    /// or more: readings were stamped with it.
    mutating func synchronise(at now: Moment) -> Bool {
        let shift = now.wallMilliseconds - steadyWallMilliseconds(at: now)
        guard isTrusted, trusted == nil, abs(shift) >= Self.leastShiftMilliseconds else { return false }
        trusted = now
        reference = now
        return true
    }

    /// The wall clock's time if it had not been set since it was first seen to be right.
    func steadyWallMilliseconds(at now: Moment) -> Int64 {
        reference.wallMilliseconds + now.bootMilliseconds - reference.bootMilliseconds
    }

    /// The wall clock's time at which the machine booted, for readings stamped before the clock was right.
    var bootedAtMilliseconds: Int64? {
        trusted.map { $0.wallMilliseconds - $0.bootMilliseconds }
    }

    /// The reading with the time at which it happened: one that was stamped before the clock was right, and is appended
    /// after, is set right from its boot time. So is one of the same millisecond, which may have been stamped before.
    func stamped(_ reading: Reading) -> Reading {
        guard let trusted, reading.bootMilliseconds <= trusted.bootMilliseconds else { return reading }
        var reading = reading
        reading.measuredAtMilliseconds =
            trusted.wallMilliseconds - (trusted.bootMilliseconds - reading.bootMilliseconds)
        return reading
    }
}
