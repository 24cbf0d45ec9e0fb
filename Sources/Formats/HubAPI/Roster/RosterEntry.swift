/// A user as a roster names one: the user, a room, what the room shows of them, and their strap.
package struct RosterEntry: Sendable, Hashable {
    /// Maximum heart rates that the page accepts.
    package static let maximumHeartRates = 100...250

    package let name: String
    /// The ID or the name of the room; nil for none.
    package var room: String?
    /// Nil leaves the maximum of a member unchanged.
    package var maximumHeartRate: Int?
    /// The address or the device name of their strap, for `strapline setup`. The hub ignores it.
    package var strap: String?

    package init(name: String, room: String? = nil, maximumHeartRate: Int? = nil, strap: String? = nil) {
        self.name = name
        self.room = room
        self.maximumHeartRate = maximumHeartRate
        self.strap = strap
    }
}
