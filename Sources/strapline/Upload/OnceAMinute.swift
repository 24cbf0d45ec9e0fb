/// Lets something be told once a minute at most, with how often it happened since.
struct OnceAMinute {
    private static let minuteMilliseconds: Int64 = 60_000

    private var toldAtMilliseconds: Int64?
    private var untold = 0

    /// Counts one more; gives the number to tell, or nil when it is too early to tell again.
    mutating func count(atBootMilliseconds now: Int64) -> Int? {
        untold += 1
        if let told = toldAtMilliseconds, now - told < Self.minuteMilliseconds { return nil }
        defer { untold = 0 }
        toldAtMilliseconds = now
        return untold
    }
}
