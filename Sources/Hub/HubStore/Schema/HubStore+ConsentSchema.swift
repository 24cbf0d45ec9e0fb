import FoundationEssentials
import GRDB

extension DatabaseMigrator {
    /// To allow a program is a right of its own, and a program's access ends with the token that allowed it: the database sees to
    /// that itself (`ON DELETE CASCADE`), whichever program ends the token.
    ///
    /// - `client_grant.consented_by`: the token that allowed the program; null for what was allowed before this migration.
    /// - `client_grant.family`: the hash of what all refresh tokens of the grant begin with, see ``HubStore/refresh(_:clientID:scopes:_:)``.
    /// - `noted_change`: see ``HubStore/note(_:_:)``.
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

    /// Earlier versions issued this one where no file descriptor was free or `/dev/urandom` was missing: anybody can know it.
    private static func endSecretsOfZeros(_ db: Database) throws {
        let zeros = "00000000-0000-4000-8000-000000000000"
        let hash = TokenHash(of: zeros).bytes
        try db.execute(sql: "DELETE FROM refresh_token WHERE hash = ?", arguments: [hash])
        try db.execute(sql: "DELETE FROM token WHERE hash = ?", arguments: [hash])
        try db.execute(
            sql: "DELETE FROM admin_token WHERE hash = ?", arguments: [TokenHash(of: "strapline-admin-" + zeros).bytes])
        // Not null: a client without a secret need not prove anything. No secret has this hash.
        try db.execute(
            sql: "UPDATE client SET secret_hash = ? WHERE secret_hash = ?", arguments: [Data(count: 32), hash])
    }
}
