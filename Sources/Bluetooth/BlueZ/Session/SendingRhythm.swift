import Timing

/// The rate at which a strap sends, learned from the times between its last measurements.
///
/// Straps send about once a second. A watch may send irregularly, every 5 to 60 s. Its link is healthy while it is
/// silent, and must not be ended. The learned rate outlives the link, because the first silence ends the link.
struct SendingRhythm: Sendable, Equatable {
    /// The number of remembered times between measurements. Two slow ones among them are a rhythm, one is chance.
    private static let memory = 8
    /// Measurements that the air has held up arrive together.
    private static let shortestMilliseconds: Int64 = 500
    /// A longer time is an absence.
    private static let longestMilliseconds: Int64 = 120_000
    /// This number of periods without a measurement is not chance.
    private static let periodsOfSilence = 3
    private static let periodsUntilLate = 2

    private var lastMilliseconds: Int64?
    private var times: [Int64] = []

    mutating func note(_ arrival: Moment) {
        let now = arrival.bootMilliseconds
        defer { lastMilliseconds = now }
        guard let lastMilliseconds else { return }
        let time = now - lastMilliseconds
        guard (Self.shortestMilliseconds...Self.longestMilliseconds).contains(time) else { return }
        if times.count == Self.memory { times.removeFirst() }
        times.append(time)
    }

    /// A new link. The time since the last measurement counts only after a link that ended by silence. After a lost
    /// link, or with an adapter that was off, it means nothing.
    mutating func linkBegan(afterSilence: Bool) {
        if !afterSilence { lastMilliseconds = nil }
    }

    /// The second longest of the times, or the longest while there are few; nil before the second measurement.
    private var period: Duration? {
        guard var longest = times.first else { return nil }
        var secondLongest: Int64 = 0
        for time in times.dropFirst() {
            secondLongest = max(secondLongest, min(time, longest))
            longest = max(longest, time)
        }
        return .milliseconds(times.count < 3 ? longest : secondLongest)
    }

    /// Without a measurement for this time the link is dead, or the strap is frozen.
    var silence: Duration { limit(Self.periodsOfSilence) }

    /// Without a measurement for this time something is wrong. Not longer than ``silence``.
    var lateness: Duration { limit(Self.periodsUntilLate) }

    private func limit(_ periods: Int) -> Duration {
        let learnt = (period ?? .zero) * periods
        return max(StrapLimits.silence, min(learnt, StrapLimits.longestSilence))
    }
}
