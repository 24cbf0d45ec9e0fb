import GRDB
import TextFormats
import Timing

extension DatabaseMigrator {
    /// Tokens of the administration are no user's, and are good for no call of Pulsoid's or Cardiogram's.
    mutating func registerAdministration() {
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

extension HubStore {
    /// Issues a token of the administration. It is returned this once; the database keeps its hash.
    ///
    /// - Parameters:
    ///   - name: what it is for; one line of at most 64 characters.
    ///   - lifetime: nil for a token that never expires.
    ///   - administrator: who issues it.
    /// - Returns: the token itself, for its owner.
    /// - Throws: ``HubStoreError``.
    package func issueAdminToken(
        named name: String, lifetime: Duration? = nil, by administrator: Administrator = .commandLine
    ) async throws -> IssuedAdminToken {
        try AdministrationName.check(name, "A token's name")
        let now = time.now().wallMilliseconds
        let expiresAt = lifetime.map { now + $0.components.seconds * 1000 }
        return try await administer { db in
            let issued = try Self.insertAdminToken(
                named: name, now: now, expiresAtMilliseconds: expiresAt, by: administrator, db)
            try self.note(.adminTokenIssued(issued.token), db)
            return issued
        }
    }

    static func insertAdminToken(
        named name: String, now: Int64, expiresAtMilliseconds: Int64? = nil, by administrator: Administrator,
        _ db: Database
    ) throws -> IssuedAdminToken {
        let secret = try Secret(prefix: "strapline-admin-")
        try db.execute(
            sql: "INSERT INTO admin_token (hash, name, issued_at_ms, expires_at_ms, issued_by) VALUES (?, ?, ?, ?, ?)",
            arguments: [secret.hash.bytes, name, now, expiresAtMilliseconds, administrator.text])
        let token = AdminToken(
            id: db.lastInsertedRowID, name: name, expiresAtMilliseconds: expiresAtMilliseconds,
            issuedBy: administrator.text)
        return IssuedAdminToken(accessToken: secret.revealed, token: token)
    }

    /// Every token of the administration, in the order in which they were issued; those that have expired too.
    /// - Throws: ``HubStoreError``.
    package func adminTokens() async throws -> [AdminToken] {
        try await reading { db in
            try Row.fetchAll(db, sql: "SELECT id, name, expires_at_ms, issued_by FROM admin_token ORDER BY id")
                .map(AdminToken.init(row:))
        }
    }

    /// The token of the administration whose secret is this; nil when there is none.
    package func adminToken(_ hash: TokenHash) async throws -> AdminToken? {
        try await reading { db in
            try Row.fetchOne(
                db, sql: "SELECT id, name, expires_at_ms, issued_by FROM admin_token WHERE hash = ?",
                arguments: [hash.bytes]
            ).map(AdminToken.init(row:))
        }
    }

    /// Ends a token of the administration.
    /// - Throws: ``HubStoreError``.
    package func removeAdminToken(_ id: Int64) async throws {
        try await administer { db in
            try db.execute(sql: "DELETE FROM admin_token WHERE id = ?", arguments: [id])
            guard db.changesCount > 0 else {
                throw HubStoreError(.notFound, "There is no token of the administration with the number \(id).")
            }
            try self.note(.adminTokenRemoved(id: id), db)
        }
    }
}

extension AdminToken {
    fileprivate init(row: Row) {
        // Names of older versions may hold anything.
        let name = (row[1] as String).printable(scalars: HubStore.nameScalars)
        self.init(id: row[0], name: name, expiresAtMilliseconds: row[2], issuedBy: row[3])
    }
}
