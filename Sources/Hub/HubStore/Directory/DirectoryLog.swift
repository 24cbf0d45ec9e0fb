import FoundationEssentials
import GRDB

/// The log of the rows that the ``Directory`` is made of: triggers write the key of each row that is inserted, updated
/// or deleted, whichever process does it. A hub reads the entries that it has not seen, and then these rows alone.
package struct DirectoryLog: Sendable {
    /// The kinds of rows. The raw values are in databases.
    package enum Kind: String, Sendable, CaseIterable {
        case user, token, room
        case adminToken = "admin_token"
    }

    /// The newest entries that are kept. A process that has missed more reads the directory as a whole.
    private static let keptEntries: Int64 = 10_000

    package var users: Set<Int64> = []
    package var tokens: Set<TokenHash> = []
    package var rooms: Set<String> = []
    package var adminTokens: Set<TokenHash> = []

    /// The entries after `seen`; nil when some of them are no longer kept.
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

    /// Deletes the entries that are too old to be of use.
    static func prune(_ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM directory_log WHERE seq <= (SELECT max(seq) FROM directory_log) - ?",
            arguments: [keptEntries])
    }
}

extension DatabaseMigrator {
    mutating func registerDirectoryLog() {
        registerMigration("D1 directory log") { db in
            try db.execute(
                sql: """
                    CREATE TABLE directory_log (
                        seq INTEGER PRIMARY KEY AUTOINCREMENT,
                        kind TEXT NOT NULL,
                        key ANY NOT NULL
                    ) STRICT;
                    CREATE TRIGGER log_client_grant_update AFTER UPDATE ON client_grant BEGIN
                        INSERT INTO directory_log (kind, key) SELECT 'token', hash FROM token WHERE grant_id = NEW.id;
                    END;
                    """)
            for (table, kind, key) in [
                ("user", DirectoryLog.Kind.user, "id"), ("token", .token, "hash"), ("room", .room, "id"),
                ("room_member", .room, "room_id"), ("admin_token", .adminToken, "hash"),
            ] {
                for (event, rows) in [("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"])] {
                    let entries = rows.map { "('\(kind.rawValue)', \($0).\(key))" }.joined(separator: ", ")
                    try db.execute(
                        sql: """
                            CREATE TRIGGER log_\(table)_\(event.lowercased()) AFTER \(event) ON \(table) BEGIN
                                INSERT INTO directory_log (kind, key) VALUES \(entries);
                            END
                            """)
                }
            }
        }
    }
}
