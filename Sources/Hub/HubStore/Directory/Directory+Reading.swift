import FoundationEssentials
import GRDB
import PulsoidAPI
import TextFormats

extension Directory {
    /// Reads users, tokens and rooms from the database.
    init(reading db: Database) throws {
        let users = try Row.fetchAll(db, sql: "SELECT id, profile_id, name FROM user").map(User.init(row:))
        let tokens = try Row.fetchAll(db, sql: Token.selection).map(Token.init(row:))
        let adminTokens = try Row.fetchAll(db, sql: Expiry.selection)
            .map { (TokenHash(stored: $0[0]), Expiry(milliseconds: $0[1])) }
        self.init(
            users: users, tokens: tokens, rooms: try Self.rooms(db),
            adminTokens: Dictionary(uniqueKeysWithValues: adminTokens))
    }

    /// Every room.
    static func rooms(_ db: Database) throws -> [Room] {
        try String.fetchAll(db, sql: "SELECT id FROM room").compactMap { try Room($0, db) }
    }
}

extension User {
    /// `id`, `profile_id` and `name`. Names of older versions may hold anything.
    init(row: Row) {
        let id: Int64 = row[0]
        let name = (row[2] as String).printable(scalars: HubStore.nameScalars)
        self.init(id: id, profileID: row[1], name: name.isEmpty ? "user \(id)" : name)
    }
}

extension Token {
    /// The columns of a token, for `init(row:)`.
    package static let selection = """
        SELECT hash, token.user_id, token.scopes, expires_at_ms, client_id
        FROM token LEFT JOIN client_grant ON client_grant.id = grant_id
        """

    init(row: Row) {
        let scopes: String = row[2]
        self.init(
            hash: TokenHash(stored: row[0]), userID: row[1],
            scopes: scopes.split(separator: " ").map(String.init), expiresAtMilliseconds: row[3],
            clientID: row[4])
    }
}

extension Directory.Expiry {
    package static let selection = "SELECT hash, expires_at_ms FROM admin_token"
}
