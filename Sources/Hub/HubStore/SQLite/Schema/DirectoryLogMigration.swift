import GRDB

extension DatabaseMigrator {
    /// The log of changes, see ``DirectoryLog``, and the triggers that write it.
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
