import GRDB

/// New entries of the log of changes of the ``AccountDirectory``. Triggers write the key of each row that a process
/// inserts, updates or deletes. A hub reads the new entries, and then only these rows.
struct DirectoryLog: Sendable {
    /// The kinds of rows. The raw values are in databases.
    enum Kind: String, Sendable, CaseIterable {
        case user, token, room
        case adminToken = "admin_token"
    }

    /// Entries that are kept. A process that missed more reads the whole directory.
    private static let keptEntries: Int64 = 10_000

    var users: Set<Int64> = []
    var tokens: Set<TokenHash> = []
    var rooms: Set<String> = []
    var adminTokens: Set<TokenHash> = []

    /// The entries after `seen`; nil if some of them were deleted.
    init?(after seen: Int64, _ db: Database) throws {
        let newest = try Self.newest(db)
        guard newest >= seen else { return nil }
        let oldest = try Int64.fetchOne(db.cachedStatement(sql: "SELECT min(seq) FROM directory_log")) ?? 1
        guard oldest <= seen + 1 else { return nil }
        let entries = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT kind, key FROM directory_log WHERE seq > ?"), arguments: [seen])
        while let entry = try entries.next() {
            switch Kind(rawValue: entry[0]) {
            case .user: users.insert(entry[1])
            case .token: tokens.insert(TokenHash(stored: entry[1]))
            case .room: rooms.insert(entry[1])
            case .adminToken: adminTokens.insert(TokenHash(stored: entry[1]))
            case nil: return nil
            }
        }
    }

    /// The number of the newest entry; 0 before the first.
    static func newest(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(seq) FROM directory_log")) ?? 0
    }

    /// Deletes old entries.
    static func prune(_ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM directory_log WHERE seq <= (SELECT max(seq) FROM directory_log) - ?",
            arguments: [keptEntries])
    }
}
