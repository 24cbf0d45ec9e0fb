import GRDB

/// Which readings are too old for a lane: by boot time those of the present boot, by wall time those of earlier ones where
/// the clock was right then and is now. What nobody knows the age of is not too old.
struct AgeLimit {
    let bootID: Int64
    let isClockTrusted: Bool
    /// A reading of the present boot that was measured before this is too old.
    let bootCutoffMilliseconds: Int64
    /// The same for an earlier boot.
    let wallCutoffMilliseconds: Int64
    /// Readings that are kept together are so old as the end of their span; 1 where each stands alone.
    let spanMilliseconds: Int64

    /// Of a row of `reading`, with ``arguments``. Never NULL.
    static let isTooOld = """
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
