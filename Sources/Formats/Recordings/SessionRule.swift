/// When a session begins and ends: docs/decisions/0018-sessions.md. The uploader and the hub have the same rule.
///
/// A session is a run of heart rates that are less than ten minutes apart. Shorter runs than two minutes, and those of
/// fewer than twenty readings, are none. Nothing of this can be configured: the same readings give the same sessions
/// for ever.
package enum SessionRule {
    package static let gapMilliseconds = Recording.longPauseMilliseconds
    package static let leastMilliseconds: Int64 = 120_000
    package static let leastReadings = 20

    /// Whether two heart rates that follow each other after this time are of one session.
    package static func joins(afterMilliseconds distance: Int64) -> Bool { distance < gapMilliseconds }

    /// Whether a run is long enough.
    package static func isSession(readings: Int, lengthMilliseconds: Int64) -> Bool {
        readings >= leastReadings && lengthMilliseconds >= leastMilliseconds
    }
}
