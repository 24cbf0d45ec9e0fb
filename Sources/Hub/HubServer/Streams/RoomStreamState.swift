import HubStore
import PulsoidAPI

/// The state that one reader of a room's stream has received.
///
/// State is sent late, as Pulsoid's page on rooms describes: nothing at connect; the room's configuration once,
/// before the first heart rate; a member's once, before that member's first heart rate. The page leaves two points
/// open:
/// - An explicit update counts: the same configuration is not sent twice.
/// - A reader without `heart_rate` messages gets the state at the first heart rate too.
struct RoomStreamState: Sendable {
    let kinds: Set<RoomMessageKind>
    private var knowsRoom = false
    private var knownMembers: Set<Int64> = []

    init(kinds: Set<RoomMessageKind>) {
        self.kinds = kinds
    }

    /// The state that must be sent before a heart rate of this member.
    mutating func stateMissing(beforeReadingOf member: Member, in room: Room) -> [String] {
        var missing: [String] = []
        if !knowsRoom {
            knowsRoom = true
            if kinds.contains(.roomUpdated) { missing.append(room.updatedText) }
        }
        if knownMembers.insert(member.user.id).inserted, kinds.contains(.memberUpdated) {
            missing.append(member.updatedText)
        }
        return missing
    }

    /// The room's configuration has changed. True if the reader subscribed to that.
    mutating func roomUpdated() -> Bool {
        knowsRoom = true
        return kinds.contains(.roomUpdated)
    }

    /// A member was added or has another configuration. True if the reader subscribed to that.
    mutating func memberUpdated(_ member: Member) -> Bool {
        knownMembers.insert(member.user.id)
        return kinds.contains(.memberUpdated)
    }

    /// A member was removed. True if the reader subscribed to that.
    mutating func memberRemoved(_ userID: Int64) -> Bool {
        knownMembers.remove(userID)
        return kinds.contains(.memberRemoved)
    }
}
