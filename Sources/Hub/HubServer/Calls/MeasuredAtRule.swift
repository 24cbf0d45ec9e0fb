import CardiogramAPI

/// The rule for an acceptable `measured_at`. Some writers send seconds or microseconds by mistake. A reading from the
/// future would stay the latest until that time.
struct MeasuredAtRule: Sendable {
    let limits: HubLimits
    /// Milliseconds since the Unix epoch.
    let now: Int64
    let isClockTrusted: Bool

    /// Why it is refused; nil if it is acceptable.
    func refusal(of measuredAtMilliseconds: Int64) -> String? {
        if measuredAtMilliseconds < limits.earliestMeasuredAtMilliseconds {
            return "measured_at must be a Unix timestamp in milliseconds"
        }
        if measuredAtMilliseconds > latest {
            return "measured_at is in the future; it must be a Unix timestamp in milliseconds"
        }
        return nil
    }

    /// The same for a beat, in seconds.
    func refusal(of beat: Beat) -> String? {
        max(beat.start, beat.end) > latest / 1000
            ? "a beat is in the future; start and end must be Unix timestamps in seconds" : nil
    }

    private var latest: Int64 {
        now + (isClockTrusted ? limits.futureMilliseconds : limits.futureMillisecondsWithUntrustedClock)
    }
}
