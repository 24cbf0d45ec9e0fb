import FoundationEssentials
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
    /// - Returns: the token itself, for its owner.
    /// - Throws: ``HubStoreError``.
    public func issueAdminToken(named name: String, lifetime: Duration? = nil) async throws -> IssuedAdminToken {
        try AdministrationName.check(name, "A token's name")
        let now = time.now().wallMilliseconds
        let expiresAt = lifetime.map { now + $0.components.seconds * 1000 }
        return try await administer {
            try Self.insertAdminToken(named: name, now: now, expiresAtMilliseconds: expiresAt, $0)
        }
    }

    static func insertAdminToken(
        named name: String, now: Int64, expiresAtMilliseconds: Int64? = nil, _ db: Database
    ) throws -> IssuedAdminToken {
        let accessToken = "strapline-admin-" + UUID().uuidString.lowercased()
        try db.execute(
            sql: "INSERT INTO admin_token (hash, name, issued_at_ms, expires_at_ms) VALUES (?, ?, ?, ?)",
            arguments: [TokenHash(of: accessToken).bytes, name, now, expiresAtMilliseconds])
        let token = AdminToken(id: db.lastInsertedRowID, name: name, expiresAtMilliseconds: expiresAtMilliseconds)
        return IssuedAdminToken(accessToken: accessToken, token: token)
    }

    /// Every token of the administration, in the order in which they were issued; those that have expired too.
    /// - Throws: ``HubStoreError``.
    public func adminTokens() async throws -> [AdminToken] {
        try await reading { db in
            try Row.fetchAll(db, sql: "SELECT id, name, expires_at_ms FROM admin_token ORDER BY id")
                .map {
                    // Names of older versions may hold anything.
                    let name = ($0[1] as String).printable(scalars: Self.nameScalars)
                    return AdminToken(id: $0[0], name: name, expiresAtMilliseconds: $0[2])
                }
        }
    }

    /// Ends a token of the administration.
    /// - Throws: ``HubStoreError``.
    public func removeAdminToken(_ id: Int64) async throws {
        try await administer { db in
            try db.execute(sql: "DELETE FROM admin_token WHERE id = ?", arguments: [id])
            guard db.changesCount > 0 else {
                throw HubStoreError(.notFound, "There is no token of the administration with the number \(id).")
            }
        }
    }
}
