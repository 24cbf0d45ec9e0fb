import GRDB

extension DatabaseMigrator {
    /// What a token is for, and when it was used last. The time is in a table of its own: a change of `token` would
    /// make every process read the token again, see ``DirectoryLog``.
    mutating func registerTokenUse() {
        registerMigration("H5 token use") { db in
            try db.execute(
                sql: """
                    ALTER TABLE token ADD COLUMN label TEXT;
                    CREATE TABLE token_use (
                        hash BLOB NOT NULL PRIMARY KEY REFERENCES token (hash) ON DELETE CASCADE,
                        last_used_at_ms INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
    }
}
