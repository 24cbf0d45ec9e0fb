/// The clock that gives a reading's age.
package enum AgeClock: Int, Sendable, Hashable {
    /// The time since boot, which never steps: the reading is of the present boot.
    case boot
    /// The wall clock: the reading is of an earlier boot, and the clock was right then and is right now.
    case wall
    /// No clock: the wall clock was wrong when the reading was stamped, or is wrong now.
    case none
}
