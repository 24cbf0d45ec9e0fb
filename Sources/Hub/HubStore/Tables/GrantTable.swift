import PulsoidAPI

/// The rows of `client_grant` and `refresh_token`. A consent becomes one grant; a grant has an access token and a
/// refresh token at a time.
///
/// All refresh tokens of a grant begin with the same secret, its family (RFC 9700, 4.14.2). So one row a grant is
/// kept, and the hub recognises a spent refresh token for as long as the grant lives.
enum GrantTable {
    /// The grant of a refresh token.
    struct Holder {
        let grantID: Int64
        let clientID: String
        /// The token was used, or another replaced it.
        let isSpent: Bool
        let expiresAtMilliseconds: Int64
    }

    /// A grant that is about to be refreshed.
    struct Grant {
        let userID: Int64
        let scopes: [String]
        let refreshedAtMilliseconds: Int64?
        /// False for a grant of an earlier version.
        let hasFamily: Bool
        /// When the token that allowed the grant expires; nil for never.
        let endsAtMilliseconds: Int64?
    }

    /// The input of a grant's next pair of tokens.
    struct NewPair {
        let grantID: Int64
        let userID: Int64
        let scopes: [String]
        /// The beginning of every refresh token of the grant.
        let family: String
        /// When the token that allowed the grant expires; nil for never.
        let endsAtMilliseconds: Int64?
    }

    /// The number of grants that one user gave one client.
    static func count(_ consent: ProgramConsent, livingAt now: Int64 = 0, _ db: any SQLSession) throws -> Int {
        try db.value(
            """
            SELECT count(*) FROM client_grant WHERE user_id = ?1 AND client_id = ?2
                AND id IN (SELECT grant_id FROM refresh_token WHERE expires_at_ms > ?3)
            """, consent.userID, consent.clientID, now) ?? 0
    }

    /// The number of grants that users gave a client.
    static func count(ofClient clientID: String, _ db: any SQLSession) throws -> Int {
        try db.value("SELECT count(*) FROM client_grant WHERE client_id = ?1", clientID) ?? 0
    }

    /// Nil if the grant has ended.
    static func grant(_ id: Int64, _ db: any SQLSession) throws -> Grant? {
        try db.row(
            """
            SELECT client_grant.user_id, client_grant.scopes, refreshed_at_ms, family IS NOT NULL, token.expires_at_ms
            FROM client_grant LEFT JOIN token ON token.hash = consented_by WHERE client_grant.id = ?1
            """, id
        ).map { row in
            Grant(
                userID: try row[0], scopes: (try row[1] as String).split(separator: " ").map(String.init),
                refreshedAtMilliseconds: try row[2], hasFamily: try row[3], endsAtMilliseconds: try row[4])
        }
    }

    /// The grant of a refresh token, spent or not; nil if the token is unknown.
    static func holder(of refreshToken: String, _ db: any SQLSession) throws -> Holder? {
        let row = try db.row(
            """
            SELECT grant_id, client_id, used_at_ms IS NOT NULL, expires_at_ms
            FROM refresh_token JOIN client_grant ON id = grant_id WHERE hash = ?1
            """, TokenHash(of: refreshToken).bytes)
        if let row {
            return Holder(
                grantID: try row[0], clientID: try row[1], isSpent: try row[2], expiresAtMilliseconds: try row[3])
        }
        guard refreshToken.utf8.count == 2 * Secret.characterCount else { return nil }
        let family = TokenHash(of: String(refreshToken.prefix(Secret.characterCount)))
        return try db.row("SELECT id, client_id FROM client_grant WHERE family = ?1", family.bytes)
            .map { Holder(grantID: try $0[0], clientID: try $0[1], isSpent: true, expiresAtMilliseconds: 0) }
    }

    static func deleteExpired(now: Int64, _ db: any SQLSession) throws {
        try db.execute(
            """
            DELETE FROM client_grant
            WHERE id NOT IN (SELECT grant_id FROM refresh_token WHERE expires_at_ms > ?1)
            """, now)
    }

    /// - Returns: the number of the new grant.
    static func insert(_ consent: ProgramConsent, family: Secret, now: Int64, _ db: any SQLSession) throws -> Int64 {
        try db.newID(
            """
            INSERT INTO client_grant (client_id, user_id, scopes, granted_at_ms, consented_by, family)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id
            """,
            consent.clientID, consent.userID, consent.scopes.joined(separator: " "), now, consent.token.bytes,
            family.hash.bytes)
    }

    static func refreshed(_ id: Int64, family: String, now: Int64, _ db: any SQLSession) throws {
        try db.execute(
            "UPDATE client_grant SET refreshed_at_ms = ?1, family = ?2 WHERE id = ?3", now,
            TokenHash(of: family).bytes, id)
    }

    static func insert(_ new: NewPair, _ limits: GrantLimits, now: Int64, _ db: any SQLSession) throws -> TokenPair {
        let access = try Secret()
        let refresh = try Secret(prefix: new.family)
        let accessEnd = min(now + limits.accessTokenSeconds * 1000, new.endsAtMilliseconds ?? .max)
        let refreshEnd = min(now + limits.refreshTokenSeconds * 1000, new.endsAtMilliseconds ?? .max)
        try db.execute(
            """
            INSERT INTO token (hash, user_id, scopes, issued_at_ms, expires_at_ms, grant_id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """,
            access.hash.bytes, new.userID, new.scopes.joined(separator: " "), now, accessEnd, new.grantID)
        try db.execute(
            "INSERT INTO refresh_token (hash, grant_id, expires_at_ms) VALUES (?1, ?2, ?3)", refresh.hash.bytes,
            new.grantID, refreshEnd)
        return TokenPair(
            accessToken: access.revealed, refreshToken: refresh.revealed, expiresInSeconds: (accessEnd - now) / 1000)
    }

    /// Ends the grant's pair of tokens. A refresh token of an earlier version has no family: its row stays, marked as
    /// used, until it expires.
    static func spend(
        _ refreshToken: String, of grantID: Int64, hasFamily: Bool, now: Int64, _ db: any SQLSession
    ) throws {
        try db.execute("DELETE FROM token WHERE grant_id = ?1", grantID)
        try db.execute("DELETE FROM refresh_token WHERE grant_id = ?1 AND expires_at_ms <= ?2", grantID, now)
        let hash = TokenHash(of: refreshToken).bytes
        if hasFamily {
            try db.execute("DELETE FROM refresh_token WHERE hash = ?1", hash)
        } else {
            try db.execute("UPDATE refresh_token SET used_at_ms = ?1 WHERE hash = ?2", now, hash)
        }
    }

    static func delete(_ id: Int64, _ db: any SQLSession) throws {
        try db.execute("DELETE FROM client_grant WHERE id = ?1", id)
    }
}
