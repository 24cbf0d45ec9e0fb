/// The users, tokens and rooms of the hub: the part of the database that every request needs, held in memory.
///
/// A value, so a copy is one consistent state. ``HubDatabase`` replaces it after a change by the administration.
package struct AccountDirectory: Sendable, Equatable {
    package private(set) var users: [Int64: User] = [:]
    package private(set) var tokens: [TokenHash: Token] = [:]
    package private(set) var rooms: [String: Room] = [:]
    /// Tokens of the administration.
    package private(set) var adminTokens: [TokenHash: TokenExpiry] = [:]
    private var roomIDs: [Int64: [String]] = [:]

    package init() {}

    /// Reads all tables.
    init(reading db: any SQLSession) throws {
        self.init(
            users: try UserTable.all(db), tokens: try TokenTable.all(db), rooms: try RoomTable.all(db),
            adminTokens: try AdminTokenTable.expiries(db))
    }

    package init(users: [User], tokens: [Token], rooms: [Room], adminTokens: [TokenHash: TokenExpiry] = [:]) {
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

    /// The changes from this state to `next` that open streams must report, the ends first. A member who was removed
    /// and added again in between appears as updated.
    package func changes(to next: AccountDirectory) -> [DirectoryChange] {
        let ended = tokens.keys.filter { next.tokens[$0] == nil }.map(DirectoryChange.tokenEnded)
        let ids = Set(rooms.keys).union(next.rooms.keys)
        return ended + Self.changes(ids.map { (rooms[$0], next.rooms[$0]) })
    }

    /// Replaces the changed rows.
    /// - Returns: the changes that open streams must report, as ``changes(to:)`` does.
    mutating func apply(_ update: DirectoryUpdate) -> [DirectoryChange] {
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
