import FoundationEssentials
import GRDB
import PulsoidAPI

extension Directory {
    /// Reads users, tokens and rooms from the database.
    init(reading db: Database) throws {
        let users = try Row.fetchAll(db, sql: "SELECT id, profile_id, name FROM user").map(User.init(row:))
        let tokens = try Row.fetchAll(
            db,
            sql: """
                SELECT hash, token.user_id, token.scopes, expires_at_ms, client_id
                FROM token LEFT JOIN client_grant ON client_grant.id = grant_id
                """
        ).map(Token.init(row:))
        var rooms: [String: Room] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT id, config, changed_at_ms FROM room") {
            rooms[row[0]] = try Room(
                id: row[0], config: JSONValue(stored: row[1]), changedAtMilliseconds: row[2])
        }
        let usersByID = Dictionary(uniqueKeysWithValues: users.map { ($0.id, $0) })
        for row in try Row.fetchAll(db, sql: "SELECT room_id, user_id, config, changed_at_ms FROM room_member") {
            guard let user = usersByID[row[1]] else { continue }
            rooms[row[0]]?.members[user.id] = try Member(
                user: user, config: JSONValue(stored: row[2]), changedAtMilliseconds: row[3])
        }
        let adminTokens = try Row.fetchAll(db, sql: "SELECT hash, expires_at_ms FROM admin_token")
            .map { (TokenHash(stored: $0[0]), Expiry(milliseconds: $0[1])) }
        self.init(
            users: users, tokens: tokens, rooms: Array(rooms.values),
            adminTokens: Dictionary(uniqueKeysWithValues: adminTokens))
    }
}

extension User {
    init(row: Row) {
        self.init(id: row[0], profileID: row[1], name: row[2])
    }
}

extension Token {
    init(row: Row) {
        let scopes: String = row[2]
        self.init(
            hash: TokenHash(stored: row[0]), userID: row[1],
            scopes: scopes.split(separator: " ").map(String.init), expiresAtMilliseconds: row[3],
            clientID: row[4])
    }
}

extension JSONValue {
    /// A configuration as the database holds it.
    init(stored text: String) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }
}
