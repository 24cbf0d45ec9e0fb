/// Which `measured_at` the hub believes. Writers in the wild send seconds or microseconds by mistake, and a reading from
/// the future would stay the latest until that future has come.
struct MeasuredAtRule: Sendable {
    let limits: HubLimits
    /// Milliseconds since the Unix epoch.
    let now: Int64
    let isClockTrusted: Bool

    /// Why it is refused; nil when it is believed.
    func refusal(of measuredAtMilliseconds: Int64) -> String? {
        if measuredAtMilliseconds < limits.earliestMeasuredAtMilliseconds {
            return "measured_at must be a Unix timestamp in milliseconds"
        }
        let tolerance = isClockTrusted ? limits.futureMilliseconds : limits.futureMillisecondsWithUntrustedClock
        if measuredAtMilliseconds > now + tolerance {
            return "measured_at is in the future; it must be a Unix timestamp in milliseconds"
        }
        return nil
    }
}
