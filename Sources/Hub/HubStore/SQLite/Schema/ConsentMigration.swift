import FoundationEssentials
import GRDB

extension DatabaseMigrator {
    /// To allow a program is a separate right. A program's access ends with the token that allowed it: `ON DELETE
    /// CASCADE` ensures that, whichever process ends the token.
    ///
    /// - `client_grant.consented_by`: the token that allowed the program; null for grants from before this migration.
    /// - `client_grant.family`: the hash of the common beginning of the grant's refresh tokens, see ``GrantTable``.
    /// - `noted_change`: see ``NotedChange``.
    mutating func registerConsentRight() {
        registerMigration("H4 consent is a right") { db in
            try db.execute(
                sql: """
                    ALTER TABLE token ADD COLUMN may_consent INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE token ADD COLUMN issued_by TEXT;
                    ALTER TABLE admin_token ADD COLUMN issued_by TEXT;
                    ALTER TABLE client_grant ADD COLUMN consented_by BLOB REFERENCES token (hash) ON DELETE CASCADE;
                    ALTER TABLE client_grant ADD COLUMN family BLOB;
                    ALTER TABLE client_grant ADD COLUMN refreshed_at_ms INTEGER;
                    CREATE INDEX grant_of_consenting_token ON client_grant (consented_by)
                        WHERE consented_by IS NOT NULL;
                    CREATE UNIQUE INDEX grant_of_family ON client_grant (family) WHERE family IS NOT NULL;
                    CREATE TABLE noted_change (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        at_ms INTEGER NOT NULL,
                        line TEXT NOT NULL
                    ) STRICT;
                    """)
            try Self.endSecretsOfZeros(db)
        }
    }

    /// Earlier versions issued this secret if no file descriptor was free or `/dev/urandom` was missing. It is public.
    private static func endSecretsOfZeros(_ db: Database) throws {
        let zeros = "00000000-0000-4000-8000-000000000000"
        let hash = TokenHash(of: zeros).bytes
        try db.execute(sql: "DELETE FROM refresh_token WHERE hash = ?", arguments: [hash])
        try db.execute(sql: "DELETE FROM token WHERE hash = ?", arguments: [hash])
        try db.execute(
            sql: "DELETE FROM admin_token WHERE hash = ?", arguments: [TokenHash(of: "strapline-admin-" + zeros).bytes])
        // Not null: a client without a secret proves nothing. No secret has this hash.
        try db.execute(
            sql: "UPDATE client SET secret_hash = ? WHERE secret_hash = ?", arguments: [Data(count: 32), hash])
    }
}
