/// Which failures a reading survives once ``Outbox/append(_:)`` has returned.
package enum Durability: String, Sendable, CaseIterable, Codable {
    /// A power cut: every append is committed with a synced write. Appends that wait for the same disk share one.
    case powerLoss = "power-loss"
    /// Any crash of the program, not of the machine: appends reach the kernel's memory (``Spool``), and the disk every
    /// ``OutboxOptions/syncInterval``. A power cut loses at most the readings of that time. Spares SD cards. Where
    /// there is no memory that outlives the program it is as ``powerLoss``.
    case processCrash = "process-crash"
}
