/// Changed rows of the ``AccountDirectory``; nil for deleted rows.
struct DirectoryUpdate: Sendable {
    var users: [Int64: User?] = [:]
    var tokens: [TokenHash: Token?] = [:]
    var rooms: [String: Room?] = [:]
    var adminTokens: [TokenHash: TokenExpiry?] = [:]

    init() {}

    /// Reads the rows of the log. Configurations that `directory` already holds are not parsed again.
    init(reading log: DirectoryLog, knowing directory: AccountDirectory, _ db: any SQLSession) throws {
        var roomIDs = log.rooms
        for id in log.users {
            users.updateValue(try UserTable.user(id, db), forKey: id)
            roomIDs.formUnion(directory.roomIDs(ofUser: id))
        }
        for hash in log.tokens { tokens.updateValue(try TokenTable.token(hash, db), forKey: hash) }
        for id in roomIDs {
            rooms.updateValue(try RoomTable.room(id, knowing: directory.rooms[id], db), forKey: id)
        }
        for hash in log.adminTokens {
            adminTokens.updateValue(try AdminTokenTable.expiry(hash, db), forKey: hash)
        }
    }

    var rowCount: Int { users.count + tokens.count + rooms.count + adminTokens.count }
}
