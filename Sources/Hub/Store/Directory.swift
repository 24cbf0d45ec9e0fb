/// Who and what the hub knows: the part of the database that every request asks for, held in memory.
///
/// A value: whoever took a copy works with one consistent state. ``HubStore`` replaces it when the administration has
/// changed the file.
struct Directory: Sendable, Equatable {
    private(set) var users: [Int64: User] = [:]
    private(set) var tokens: [TokenHash: Token] = [:]
    private(set) var rooms: [String: Room] = [:]
    /// Tokens of the administration.
    private(set) var adminTokens: [TokenHash: Expiry] = [:]
    private var roomIDs: [Int64: [String]] = [:]

    /// When something ends.
    struct Expiry: Sendable, Equatable {
        /// Milliseconds since the Unix epoch; nil for never.
        let milliseconds: Int64?
    }

    init() {}

    init(users: [User], tokens: [Token], rooms: [Room], adminTokens: [TokenHash: Expiry] = [:]) {
        self.adminTokens = adminTokens
        self.users = Dictionary(uniqueKeysWithValues: users.map { ($0.id, $0) })
        self.tokens = Dictionary(uniqueKeysWithValues: tokens.map { ($0.hash, $0) })
        self.rooms = Dictionary(uniqueKeysWithValues: rooms.map { ($0.id, $0) })
        for room in rooms {
            for userID in room.members.keys { roomIDs[userID, default: []].append(room.id) }
        }
    }

    /// The rooms in which the user is a member.
    func roomIDs(ofUser userID: Int64) -> [String] { roomIDs[userID] ?? [] }

    /// What has to be told when this state gives way to `next`, what ended first. A member who was removed and added again
    /// in between appears as updated.
    func changes(to next: Directory) -> [DirectoryChange] {
        var changes = tokens.keys.filter { next.tokens[$0] == nil }.map(DirectoryChange.tokenEnded)
        for room in rooms.values {
            let nextMembers = next.rooms[room.id]?.members ?? [:]
            for member in room.members.values where nextMembers[member.user.id] == nil {
                changes.append(.memberRemoved(member.user, roomID: room.id))
            }
        }
        for room in next.rooms.values {
            guard let before = rooms[room.id] else { continue }
            if before.updatedText != room.updatedText { changes.append(.roomUpdated(room)) }
            for member in room.members.values where before.members[member.user.id] != member {
                changes.append(.memberUpdated(member, roomID: room.id))
            }
        }
        return changes
    }
}
