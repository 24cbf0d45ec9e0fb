import HubStore
import PulsoidAPI

/// What one reader of a room's stream has been told, and so what it has to be told next.
///
/// Lazy state, as Pulsoid's page on rooms has it: nothing at connect; the room's configuration once, just before the first
/// heart rate; a member's once, when that member's first heart rate appears. Where the page is silent:
/// - An explicit update counts as told: the same configuration is not sent twice.
/// - State appears with the first heart rate even to a reader who did not ask for `heart_rate` messages.
struct RoomReader: Sendable {
    let kinds: Set<RoomMessageKind>
    private var knowsRoom = false
    private var knownMembers: Set<Int64> = []

    init(kinds: Set<RoomMessageKind>) {
        self.kinds = kinds
    }

    /// The state that goes out before a heart rate of this member.
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

    /// The room's configuration has changed: true when the reader wants to hear it.
    mutating func roomUpdated() -> Bool {
        knowsRoom = true
        return kinds.contains(.roomUpdated)
    }

    /// A member was added or has another configuration: true when the reader wants to hear it.
    mutating func memberUpdated(_ member: Member) -> Bool {
        knownMembers.insert(member.user.id)
        return kinds.contains(.memberUpdated)
    }

    /// A member was removed: true when the reader wants to hear it.
    mutating func memberRemoved(_ userID: Int64) -> Bool {
        knownMembers.remove(userID)
        return kinds.contains(.memberRemoved)
    }
}
