/// The clock that tells how old a reading is.
package enum AgeClock: Int, Sendable, Hashable {
    /// The time since boot, which never steps: the reading is of the present boot.
    case boot
    /// The wall clock: the reading is of an earlier boot, and the clock was right then and is now.
    case wall
    /// None: the wall clock was wrong when the reading was stamped, or is now.
    case none
}
