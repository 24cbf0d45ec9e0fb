import FoundationEssentials
import GRDB
import PulsoidAPI
import Timing

extension HubStore {
    /// How long what is issued to a client lasts.
    struct GrantLifetime: Sendable {
        var accessTokenSeconds: Int64
        var refreshTokenSeconds: Int64
    }

    /// What came of a refresh.
    enum Refresh: Sendable {
        case renewed(TokenPair)
        /// Unknown, expired, of another client, or ended.
        case unknown
        /// Used before. Somebody has a copy: everything that came of the same consent was ended.
        case reused
        /// More was asked for than was granted.
        case beyondGrant
    }

    /// A consent becomes tokens. What has expired of older ones is cleared away.
    func issuePair(
        forUser userID: Int64, clientID: String, scopes: [String], lifetime: GrantLifetime
    ) async throws -> TokenPair {
        let now = time.now().wallMilliseconds
        return try await administer { db in
            try db.execute(
                sql: """
                    DELETE FROM client_grant
                    WHERE id NOT IN (SELECT grant_id FROM refresh_token WHERE expires_at_ms > ?)
                    """, arguments: [now])
            try db.execute(
                sql: "INSERT INTO client_grant (client_id, user_id, scopes, granted_at_ms) VALUES (?, ?, ?, ?)",
                arguments: [clientID, userID, scopes.joined(separator: " "), now])
            return try Self.insertPair(
                ofGrant: db.lastInsertedRowID, userID: userID, scopes: scopes, lifetime, now: now, db)
        }
    }

    /// A refresh token becomes the next pair, and the pair before ends, as at Pulsoid. `scopes` may be fewer than were
    /// granted; nil is all.
    func refresh(
        _ refreshToken: String, clientID: String, scopes: [String]?, lifetime: GrantLifetime
    ) async throws -> Refresh {
        let now = time.now().wallMilliseconds
        let hash = TokenHash(of: refreshToken).bytes
        let find = { @Sendable (db: Database) in
            try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT grant_id, user_id, scopes, used_at_ms FROM refresh_token JOIN client_grant ON id = grant_id
                        WHERE hash = ? AND client_id = ? AND expires_at_ms > ?
                        """), arguments: [hash, clientID, now])
        }
        // Nonsense costs the writer nothing.
        guard try await lookUp({ try find($0) != nil }) else { return .unknown }
        return try await administer { db in
            guard let row = try find(db) else { return .unknown }
            let grantID: Int64 = row[0]
            if !row.hasNull(atIndex: 3) {
                try db.execute(sql: "DELETE FROM client_grant WHERE id = ?", arguments: [grantID])
                return .reused
            }
            let granted = (row[2] as String).split(separator: " ").map(String.init)
            guard (scopes ?? []).allSatisfy(granted.contains) else { return .beyondGrant }
            try db.execute(sql: "DELETE FROM token WHERE grant_id = ?", arguments: [grantID])
            try db.execute(
                sql: "DELETE FROM refresh_token WHERE grant_id = ? AND expires_at_ms <= ?", arguments: [grantID, now])
            try db.execute(sql: "UPDATE refresh_token SET used_at_ms = ? WHERE hash = ?", arguments: [now, hash])
            return try .renewed(
                Self.insertPair(ofGrant: grantID, userID: row[1], scopes: scopes ?? granted, lifetime, now: now, db))
        }
    }

    /// Ends an access token or a refresh token; of a client's, the whole grant. One that nobody knows has ended already.
    func revoke(_ token: String) async throws {
        let hash = TokenHash(of: token).bytes
        guard try await lookUp({ try Self.isTokenKnown(hash, $0) }) else { return }
        try await administer { db in
            try db.execute(
                sql: """
                    DELETE FROM client_grant WHERE id IN (
                        SELECT grant_id FROM refresh_token WHERE hash = :hash
                        UNION ALL SELECT grant_id FROM token WHERE hash = :hash)
                    """, arguments: ["hash": hash])
            try db.execute(sql: "DELETE FROM token WHERE hash = ?", arguments: [hash])
        }
    }

    /// Whether it is the hash of an access token or of a refresh token.
    private static func isTokenKnown(_ hash: Data, _ db: Database) throws -> Bool {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT 1 FROM token WHERE hash = :hash
                    UNION ALL SELECT 1 FROM refresh_token WHERE hash = :hash LIMIT 1
                    """), arguments: ["hash": hash]) != nil
    }

    private static func insertPair(
        ofGrant grantID: Int64, userID: Int64, scopes: [String], _ lifetime: GrantLifetime, now: Int64, _ db: Database
    ) throws -> TokenPair {
        let pair = TokenPair(
            accessToken: UUID().uuidString.lowercased(), refreshToken: UUID().uuidString.lowercased(),
            expiresInSeconds: lifetime.accessTokenSeconds)
        try db.execute(
            sql: """
                INSERT INTO token (hash, user_id, scopes, issued_at_ms, expires_at_ms, grant_id) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                TokenHash(of: pair.accessToken).bytes, userID, scopes.joined(separator: " "), now,
                now + lifetime.accessTokenSeconds * 1000, grantID,
            ])
        try db.execute(
            sql: "INSERT INTO refresh_token (hash, grant_id, expires_at_ms) VALUES (?, ?, ?)",
            arguments: [
                TokenHash(of: pair.refreshToken).bytes, grantID, now + lifetime.refreshTokenSeconds * 1000,
            ])
        return pair
    }
}
