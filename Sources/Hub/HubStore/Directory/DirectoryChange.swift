/// A change of the ``AccountDirectory`` that open streams must report.
package enum DirectoryChange: Sendable, Equatable {
    case tokenEnded(TokenHash)
    case memberRemoved(User, roomID: String)
    /// Added, or with another configuration.
    case memberUpdated(Member, roomID: String)
    case roomUpdated(Room)
}
