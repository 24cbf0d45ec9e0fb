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
