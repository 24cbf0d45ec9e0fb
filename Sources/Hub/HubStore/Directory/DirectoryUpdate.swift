import FoundationEssentials
import GRDB
import PulsoidAPI

/// Rows of the ``Directory`` as they are now; nil for rows that are gone.
package struct DirectoryUpdate: Sendable {
    package var users: [Int64: User?] = [:]
    package var tokens: [TokenHash: Token?] = [:]
    package var rooms: [String: Room?] = [:]
    package var adminTokens: [TokenHash: Directory.Expiry?] = [:]

    package init() {}

    /// Reads the rows that the log names. Configurations that `directory` holds already are not parsed again.
    init(reading log: DirectoryLog, knowing directory: Directory, _ db: Database) throws {
        var roomIDs = log.rooms
        for id in log.users {
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT id, profile_id, name FROM user WHERE id = ?"), arguments: [id])
            users.updateValue(row.map(User.init(row:)), forKey: id)
            roomIDs.formUnion(directory.roomIDs(ofUser: id))
        }
        for hash in log.tokens {
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "\(Token.selection) WHERE hash = ?"), arguments: [hash.bytes])
            tokens.updateValue(row.map(Token.init(row:)), forKey: hash)
        }
        for id in roomIDs {
            rooms.updateValue(try Room(id, knowing: directory.rooms[id], db), forKey: id)
        }
        for hash in log.adminTokens {
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "\(Directory.Expiry.selection) WHERE hash = ?"), arguments: [hash.bytes])
            adminTokens.updateValue(row.map { Directory.Expiry(milliseconds: $0[1]) }, forKey: hash)
        }
    }

    package var rowCount: Int { users.count + tokens.count + rooms.count + adminTokens.count }
}

extension Room {
    /// Reads one room with its members; nil when there is none. Parsed configurations of `known` are used again.
    init?(_ id: String, knowing known: Room? = nil, _ db: Database) throws {
        let room = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT id, config, changed_at_ms FROM room WHERE id = ?"), arguments: [id])
        guard let room else { return nil }
        try self.init(id: id, stored: room[1], changedAtMilliseconds: room[2], knowing: known)
        let members = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, profile_id, name, config, changed_at_ms
                    FROM room_member JOIN user ON user.id = user_id WHERE room_id = ?
                    """), arguments: [id])
        for row in members {
            let user = User(row: row)
            self.members[user.id] = try Member(
                user: user, stored: row[3], changedAtMilliseconds: row[4], knowing: known?.members[user.id])
        }
    }
}
