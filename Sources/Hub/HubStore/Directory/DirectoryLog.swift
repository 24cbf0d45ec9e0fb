import FoundationEssentials

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
    init?(after seen: Int64, _ db: any SQLSession) throws {
        let newest = try Self.newest(db)
        guard newest >= seen else { return nil }
        let oldest = try db.value("SELECT min(seq) FROM directory_log") as Int64? ?? 1
        guard oldest <= seen + 1 else { return nil }
        for entry in try db.rows("SELECT kind, key FROM directory_log WHERE seq > ?1", seen) {
            switch Kind(rawValue: try entry[0]) {
            case .user: users.insert(try (entry[1] as UserKey).id)
            case .token: tokens.insert(try (entry[1] as HashKey).hash)
            case .room: rooms.insert(try entry[1])
            case .adminToken: adminTokens.insert(try (entry[1] as HashKey).hash)
            case nil: return nil
            }
        }
    }

    /// The number of the newest entry; 0 before the first.
    static func newest(_ db: any SQLSession) throws -> Int64 {
        try db.value("SELECT max(seq) FROM directory_log") ?? 0
    }

    /// Deletes old entries.
    static func prune(_ db: any SQLSession) throws {
        try db.execute(
            "DELETE FROM directory_log WHERE seq <= (SELECT max(seq) FROM directory_log) - ?1", keptEntries)
    }
}

/// A number, or its digits: a column of PostgreSQL has one type.
private struct UserKey: SQLConvertible {
    let id: Int64

    var sqlValue: SQLValue { id.sqlValue }

    init?(_ value: SQLValue) {
        guard let id = String(value).map({ Int64($0) }) ?? Int64(value) else { return nil }
        self.id = id
    }
}

/// The bytes of a hash, or `\x` and hexadecimal digits.
private struct HashKey: SQLConvertible {
    let hash: TokenHash

    var sqlValue: SQLValue { hash.bytes.sqlValue }

    init?(_ value: SQLValue) {
        if let bytes = Data(value) {
            hash = TokenHash(stored: bytes)
            return
        }
        guard let text = String(value), text.hasPrefix("\\x"), let bytes = Data(hexadecimal: text.dropFirst(2)) else {
            return nil
        }
        hash = TokenHash(stored: bytes)
    }
}
