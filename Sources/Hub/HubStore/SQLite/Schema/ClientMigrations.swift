import GRDB

extension DatabaseMigrator {
    /// Programs that users can allow, and their grants. Each token belongs to one grant and ends with it.
    mutating func registerClients() {
        registerMigration("H1 clients") { db in
            try db.execute(
                sql: """
                    CREATE TABLE client (
                        id TEXT NOT NULL PRIMARY KEY,
                        name TEXT NOT NULL,
                        secret_hash BLOB,
                        created_at_ms INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    INSERT INTO client VALUES ('strapline-hub', 'A program without a registration', NULL, 0);
                    CREATE TABLE client_grant (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        client_id TEXT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
                        user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                        scopes TEXT NOT NULL,
                        granted_at_ms INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE refresh_token (
                        hash BLOB NOT NULL PRIMARY KEY,
                        grant_id INTEGER NOT NULL REFERENCES client_grant (id) ON DELETE CASCADE,
                        expires_at_ms INTEGER NOT NULL,
                        used_at_ms INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX refresh_token_of_grant ON refresh_token (grant_id);
                    ALTER TABLE token ADD COLUMN grant_id INTEGER REFERENCES client_grant (id) ON DELETE CASCADE;
                    CREATE INDEX token_of_grant ON token (grant_id) WHERE grant_id IS NOT NULL;
                    """)
        }
    }

    /// The redirect URIs of clients.
    mutating func registerRedirects() {
        registerMigration("H3 redirects") { db in
            try db.execute(
                sql: """
                    CREATE TABLE client_redirect (
                        client_id TEXT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
                        uri TEXT NOT NULL,
                        PRIMARY KEY (client_id, uri)
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
    }
}
