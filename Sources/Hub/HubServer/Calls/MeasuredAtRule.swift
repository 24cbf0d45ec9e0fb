import CardiogramAPI

/// The rule for an acceptable `measured_at`. Some writers send seconds or microseconds by mistake. A reading from the
/// future would stay the latest until that time.
struct MeasuredAtRule: Sendable {
    let limits: HubLimits
    /// Milliseconds since the Unix epoch.
    let now: Int64
    /// Asked only for a time ahead of ``now``: it is a call of the kernel.
    let isClockTrusted: @Sendable () -> Bool

    /// Why it is refused; nil if it is acceptable.
    func refusal(of measuredAtMilliseconds: Int64) -> String? {
        if measuredAtMilliseconds < limits.earliestMeasuredAtMilliseconds {
            return "measured_at must be a Unix timestamp in milliseconds"
        }
        if isTooLate(measuredAtMilliseconds) {
            return "measured_at is in the future; it must be a Unix timestamp in milliseconds"
        }
        return nil
    }

    /// The same for a beat, in seconds.
    func refusal(of beat: Beat) -> String? {
        isTooLate(max(beat.start, beat.end), unitsPerSecond: 1)
            ? "a beat is in the future; start and end must be Unix timestamps in seconds" : nil
    }

    private func isTooLate(_ time: Int64, unitsPerSecond: Int64 = 1000) -> Bool {
        let unit = 1000 / unitsPerSecond
        guard time > (now + limits.futureMilliseconds) / unit else { return false }
        return isClockTrusted() || time > (now + limits.futureMillisecondsWithUntrustedClock) / unit
    }
}
