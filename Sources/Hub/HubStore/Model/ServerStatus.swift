/// The state of a shared database as this hub sees it.
package struct ServerStatus: Sendable, Hashable {
    private static let longestClockOffsetSeconds = 60.0

    /// Standbys that a commit waits for; 0 while the database is silent.
    package var syncingStandbys = 0
    /// How far the slowest of them is behind; nil if there is none.
    package var standbyLagSeconds: Double?
    /// Since the last heartbeat.
    package var heartbeatAgeSeconds = 0.0
    /// How far this machine's clock is ahead of the server's; nil before the first heartbeat.
    package var clockOffsetSeconds: Double?
    /// Entries of the log that this hub has not handled.
    package var logEntriesBehind: Int64 = 0

    package init() {}

    /// Why this hub must not serve: hubs with different clocks disagree about which tokens have expired and which
    /// readings are from the future. Nil if it may.
    package var clockProblem: String? {
        guard let offset = clockOffsetSeconds, abs(offset) > Self.longestClockOffsetSeconds else { return nil }
        let direction = offset > 0 ? "ahead of" : "behind"
        return "This machine's clock is \(Int(abs(offset).rounded())) seconds \(direction) the database server's. Set "
            + "both with NTP, for instance: timedatectl set-ntp true"
    }
}
