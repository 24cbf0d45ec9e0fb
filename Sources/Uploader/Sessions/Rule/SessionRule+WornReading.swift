package import Outbox
package import Recordings

/// The rule over readings of an outbox, whose clocks may be wrong.
extension SessionRule {
    /// From an earlier reading to a later one; nil if unknown: the machine booted in between with a wrong clock.
    ///
    /// Within a boot the clock of the boot counts, which never steps.
    package static func distance(from earlier: WornReading, to later: WornReading) -> Int64? {
        let (start, end) =
            earlier.boot == later.boot
            ? (earlier.bootMilliseconds, later.bootMilliseconds) : (earlier.wallMilliseconds, later.wallMilliseconds)
        guard earlier.boot == later.boot || earlier.isClockTrusted && later.isClockTrusted else { return nil }
        let (distance, isTooLarge) = end.subtractingReportingOverflow(start)
        return distance >= 0 && !isTooLarge ? distance : nil
    }

    /// Whether two readings that follow each other are of one session. Of an unknown distance they are not.
    package static func joins(_ earlier: WornReading, _ later: WornReading) -> Bool {
        distance(from: earlier, to: later).map(joins(afterMilliseconds:)) ?? false
    }

    /// Whether a reading of a boot whose clock is not set yet may prove to join an earlier boot's, once it is set.
    ///
    /// A clock that is not set is behind, because systemd starts it from the time of the last run. So one that is ten
    /// minutes ahead of the earlier reading shows that they are apart.
    static func mayJoin(_ earlier: WornReading, _ later: WornReading) -> Bool {
        guard earlier.boot != later.boot, earlier.isClockTrusted, !later.isClockTrusted else { return false }
        let (distance, isTooLarge) = later.wallMilliseconds.subtractingReportingOverflow(earlier.wallMilliseconds)
        return distance < gapMilliseconds && !isTooLarge
    }
}
