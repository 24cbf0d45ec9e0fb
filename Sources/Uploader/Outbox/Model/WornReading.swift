/// A reading with a heart rate, without its RR intervals: what the rule of sessions looks at.
package struct WornReading: Sendable, Hashable {
    package let id: Int64
    /// The strap's name.
    package let strap: String
    /// The number of the boot in this outbox.
    package let boot: Int64
    /// Whether the wall clock of that boot was right.
    package let isClockTrusted: Bool
    package let wallMilliseconds: Int64
    package let bootMilliseconds: Int64
    package let beatsPerMinute: UInt16

    package init(
        id: Int64, strap: String, boot: Int64, isClockTrusted: Bool = true, wallMilliseconds: Int64,
        bootMilliseconds: Int64, beatsPerMinute: UInt16
    ) {
        self.id = id
        self.strap = strap
        self.boot = boot
        self.isClockTrusted = isClockTrusted
        self.wallMilliseconds = wallMilliseconds
        self.bootMilliseconds = bootMilliseconds
        self.beatsPerMinute = beatsPerMinute
    }
}

/// A boot of the machine, as an outbox knows it.
package struct BootRecord: Sendable, Hashable {
    /// Its number in this outbox.
    package let id: Int64
    /// The kernel's id of the boot.
    package let name: String
    package let isClockTrusted: Bool

    package init(id: Int64, name: String, isClockTrusted: Bool) {
        self.id = id
        self.name = name
        self.isClockTrusted = isClockTrusted
    }
}
