import GRDB

/// Which readings have expired: by boot time those of the present boot, by wall time those of earlier boots if the
/// clock was right then and is right now. A reading of unknown age has not expired.
struct AgeLimit {
    let bootID: Int64
    let isClockTrusted: Bool
    /// A reading of the present boot that was measured before this has expired.
    let bootCutoffMilliseconds: Int64
    /// The same for an earlier boot.
    let wallCutoffMilliseconds: Int64
    /// A span is as old as its end; 1 if each reading stands alone.
    let spanMilliseconds: Int64

    /// Of a row of `reading`, with ``arguments``. Never NULL.
    static let isExpired = """
        CASE WHEN boot = :boot THEN boot_ms + :span - 1 - wall_ms % :span < :bootCutoff
        ELSE :isTrusted AND coalesce((SELECT is_clock_trusted FROM boot WHERE boot.id = reading.boot), 0)
            AND wall_ms + :span - 1 - wall_ms % :span < :wallCutoff END
        """

    var arguments: StatementArguments {
        [
            "boot": bootID, "isTrusted": isClockTrusted, "bootCutoff": bootCutoffMilliseconds,
            "wallCutoff": wallCutoffMilliseconds, "span": spanMilliseconds,
        ]
    }
}
