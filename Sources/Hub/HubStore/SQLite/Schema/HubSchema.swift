import GRDB

/// The tables of a hub's SQLite file.
enum HubSchema {
    /// `PRAGMA application_id` of a hub's file: "StHb". It keeps the hub from writing its tables into another
    /// program's file.
    static let applicationID: Int64 = 0x5374_4862

    /// Tables with a natural key are `WITHOUT ROWID`: a reading is one entry in one tree.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE user (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        profile_id TEXT NOT NULL UNIQUE,
                        name TEXT NOT NULL UNIQUE,
                        created_at_ms INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE token (
                        hash BLOB NOT NULL PRIMARY KEY,
                        user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                        scopes TEXT NOT NULL,
                        issued_at_ms INTEGER NOT NULL,
                        expires_at_ms INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE room (
                        id TEXT NOT NULL PRIMARY KEY,
                        config TEXT NOT NULL,
                        changed_at_ms INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE room_member (
                        room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
                        user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                        config TEXT NOT NULL,
                        changed_at_ms INTEGER NOT NULL,
                        PRIMARY KEY (room_id, user_id)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE reading (
                        user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                        measured_at_ms INTEGER NOT NULL,
                        heart_rate INTEGER NOT NULL,
                        PRIMARY KEY (user_id, measured_at_ms)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE beat (
                        user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                        start_s INTEGER NOT NULL,
                        end_s INTEGER NOT NULL,
                        value REAL NOT NULL,
                        PRIMARY KEY (user_id, start_s, end_s, value)
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrator.registerClients()
        migrator.registerAdministration()
        migrator.registerRedirects()
        migrator.registerDirectoryLog()
        migrator.registerConsentRight()
        migrator.registerTokenUse()
        migrator.registerSessions()
        return migrator
    }

    static func foreign(_ path: String) -> HubStoreError {
        HubStoreError(
            .foreignDatabase, "\(path) is a database of another program. Name another file with --database.")
    }

    /// Creates the tables, or brings those of an earlier version up to date.
    /// - Throws: ``HubStoreError`` for another program's database, and for one of a newer version.
    static func migrate(_ database: DatabasePool) throws {
        try database.writeWithoutTransaction { db in
            let applicationID = try Int64.fetchOne(db, sql: "PRAGMA application_id")
            let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
            guard applicationID == Self.applicationID || isEmpty else {
                throw foreign(database.path)
            }
            if isEmpty { try db.execute(sql: "PRAGMA application_id = \(Self.applicationID)") }
        }
        if try database.read(migrator.hasBeenSuperseded) {
            throw HubStoreError(
                .newerSchema,
                "\(database.path) was written by a newer strapline-hub. Install that version or a later one.")
        }
        try migrator.migrate(database)
    }
}

extension DatabaseMigrator {
    /// Tokens of the administration belong to no user. No call of Pulsoid's or Cardiogram's accepts them.
    fileprivate mutating func registerAdministration() {
        registerMigration("H2 administration") { db in
            try db.execute(
                sql: """
                    CREATE TABLE admin_token (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        hash BLOB NOT NULL UNIQUE,
                        name TEXT NOT NULL,
                        issued_at_ms INTEGER NOT NULL,
                        expires_at_ms INTEGER
                    ) STRICT;
                    """)
        }
    }
}
