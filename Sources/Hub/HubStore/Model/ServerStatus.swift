/// The state of a shared database as this hub sees it.
package struct ServerStatus: Sendable, Hashable {
    /// Standbys that a commit waits for.
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
}
