/// A user as a roster names one: the user, a room, and what the room shows of them.
package struct RosterEntry: Sendable, Hashable {
    /// Maximum heart rates that the page accepts.
    package static let maximumHeartRates = 100...250

    package let name: String
    /// The ID or the name of the room; nil for none.
    package var room: String?
    /// Nil leaves the maximum of a member unchanged.
    package var maximumHeartRate: Int?

    package init(name: String, room: String? = nil, maximumHeartRate: Int? = nil) {
        self.name = name
        self.room = room
        self.maximumHeartRate = maximumHeartRate
    }
}

/// What ``RosterStore`` did for an entry.
package struct RosterResult: Sendable, Hashable {
    package let user: User
    package let isNewUser: Bool
    /// Nil without a room.
    package let room: RoomReference?
    package let isNewMember: Bool
    /// The new token of the user's uploader; nil if the user had one before.
    package let token: IssuedToken?
}

/// The entries that cannot be added. Nothing was changed.
package struct RosterMistakes: Error, Sendable {
    package struct Mistake: Sendable {
        /// The place in the list of entries, from 0 on.
        package let index: Int
        package let error: HubStoreError
    }

    package let mistakes: [Mistake]
}
