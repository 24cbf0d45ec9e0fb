/// Who and what the hub knows: the part of the database that every request asks for, held in memory.
///
/// A value: whoever took a copy works with one consistent state. ``HubStore`` replaces it when the administration has
/// changed the file.
package struct Directory: Sendable, Equatable {
    package private(set) var users: [Int64: User] = [:]
    package private(set) var tokens: [TokenHash: Token] = [:]
    package private(set) var rooms: [String: Room] = [:]
    /// Tokens of the administration.
    package private(set) var adminTokens: [TokenHash: Expiry] = [:]
    private var roomIDs: [Int64: [String]] = [:]

    /// When something ends.
    package struct Expiry: Sendable, Equatable {
        /// Milliseconds since the Unix epoch; nil for never.
        package let milliseconds: Int64?
    }

    package init() {}

    package init(users: [User], tokens: [Token], rooms: [Room], adminTokens: [TokenHash: Expiry] = [:]) {
        self.adminTokens = adminTokens
        self.users = Dictionary(uniqueKeysWithValues: users.map { ($0.id, $0) })
        self.tokens = Dictionary(uniqueKeysWithValues: tokens.map { ($0.hash, $0) })
        self.rooms = Dictionary(uniqueKeysWithValues: rooms.map { ($0.id, $0) })
        for room in rooms {
            for userID in room.members.keys { roomIDs[userID, default: []].append(room.id) }
        }
    }

    /// The rooms in which the user is a member.
    package func roomIDs(ofUser userID: Int64) -> [String] { roomIDs[userID] ?? [] }

    /// What has to be told when this state gives way to `next`, what ended first. A member who was removed and added again
    /// in between appears as updated.
    package func changes(to next: Directory) -> [DirectoryChange] {
        let ended = tokens.keys.filter { next.tokens[$0] == nil }.map(DirectoryChange.tokenEnded)
        let ids = Set(rooms.keys).union(next.rooms.keys)
        return ended + Self.changes(ids.map { (rooms[$0], next.rooms[$0]) })
    }

    /// Puts rows that have changed in the place of the old ones.
    /// - Returns: what open streams must hear of, as ``changes(to:)`` has it.
    package mutating func apply(_ update: DirectoryUpdate) -> [DirectoryChange] {
        for (id, user) in update.users { users[id] = user }
        var ended: [DirectoryChange] = []
        for (hash, token) in update.tokens where tokens[hash] != token {
            if token == nil { ended.append(.tokenEnded(hash)) }
            tokens[hash] = token
        }
        for (hash, expiry) in update.adminTokens { adminTokens[hash] = expiry }
        var changed: [(before: Room?, after: Room?)] = []
        for (id, room) in update.rooms {
            changed.append((rooms[id], room))
            let before = Set(rooms[id].map { Array($0.members.keys) } ?? [])
            let after = Set(room.map { Array($0.members.keys) } ?? [])
            for userID in before.subtracting(after) {
                roomIDs[userID]?.removeAll { $0 == id }
                if roomIDs[userID]?.isEmpty == true { roomIDs[userID] = nil }
            }
            for userID in after.subtracting(before) { roomIDs[userID, default: []].append(id) }
            rooms[id] = room
        }
        return ended + Self.changes(changed)
    }

    private static func changes(_ rooms: [(before: Room?, after: Room?)]) -> [DirectoryChange] {
        var removed: [DirectoryChange] = []
        var updated: [DirectoryChange] = []
        for (before, after) in rooms {
            guard let before else { continue }
            for member in before.members.values where after?.members[member.user.id] == nil {
                removed.append(.memberRemoved(member.user, roomID: before.id))
            }
            guard let after else { continue }
            if before.updatedText != after.updatedText { updated.append(.roomUpdated(after)) }
            for member in after.members.values where before.members[member.user.id] != member {
                updated.append(.memberUpdated(member, roomID: after.id))
            }
        }
        return removed + updated
    }
}
