/// Gives each beat of a strap its time, and notices missing beats. A value without a clock.
///
/// A packet has the intervals since the packet before, so beats follow each other by their intervals. The time of
/// arrival jitters: the beats follow it by ``correctionMilliseconds`` each at most. Beats are missing where intervals
/// and time of arrival differ by more than ``toleranceMilliseconds``: then the newest beat gets the time of arrival.
///
/// A lost packet that is shorter than the tolerance cannot be seen this way. Its jump is found by ``ArtefactFilter``.
package struct RRTimeline: Sendable, Equatable {
    package static let toleranceMilliseconds = 2000.0
    package static let correctionMilliseconds = 50.0

    /// The time of the newest beat; nil before the first.
    private var newest: Double?
    private var isInterrupted = true

    package init() {}

    /// Beats are missing from here on: contact was lost, or the machine was off.
    package mutating func interrupt() { isInterrupted = true }

    /// The beats of a packet, oldest first. `intervals` are in 1/1024 s; one of 0 is no beat.
    package mutating func take(_ intervals: [UInt16], arrivedAtMilliseconds arrival: Int64) -> [RRBeat] {
        let intervals = intervals.filter { $0 > 0 }
        guard !intervals.isEmpty else { return [] }
        let lengths = intervals.map { Double($0) * 1000 / 1024 }
        let sum = lengths.reduce(0, +)
        let start: Double
        var correction = 0.0
        if let newest, !isInterrupted, abs(Double(arrival) - newest - sum) <= Self.toleranceMilliseconds {
            start = newest
            let limit = Self.correctionMilliseconds
            correction = min(limit, max(-limit, (Double(arrival) - newest - sum) / Double(lengths.count)))
        } else {
            isInterrupted = true
            start = max(Double(arrival) - sum, newest ?? -.infinity)
        }
        var beats: [RRBeat] = []
        var time = start
        for (interval, length) in zip(intervals, lengths) {
            time += max(0, length + correction)
            beats.append(
                RRBeat(
                    milliseconds: Int64(time.rounded()), interval: interval,
                    startsStretch: isInterrupted && beats.isEmpty))
        }
        newest = time
        isInterrupted = false
        return beats
    }
}
