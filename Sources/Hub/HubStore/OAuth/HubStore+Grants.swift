import GRDB
package import PulsoidAPI
import Timing

/// What a consent becomes: one row of `client_grant`, an access token and a refresh token at a time.
extension HubStore {
    /// What came of the exchange of a consent.
    package enum Exchange: Sendable {
        case issued(TokenPair, grantID: Int64)
        /// The token that allowed it, or its user, has ended since, or may no longer allow it.
        case consentEnded
        case clientEnded
        /// The user has let this program in as often as is allowed.
        case tooManyGrants
    }

    /// A consent becomes tokens. What has expired of older ones is cleared away.
    package func issuePair(of consent: ProgramConsent, _ limits: GrantLimits) async throws -> Exchange {
        let now = time.now().wallMilliseconds
        return try await administer { db in
            try db.execute(
                sql: """
                    DELETE FROM client_grant
                    WHERE id NOT IN (SELECT grant_id FROM refresh_token WHERE expires_at_ms > ?)
                    """, arguments: [now])
            guard try Row.fetchOne(db, sql: "SELECT 1 FROM client WHERE id = ?", arguments: [consent.clientID]) != nil
            else { return .clientEnded }
            guard let token = try KeptToken.fetch("token.hash = ?", [consent.token.bytes], db),
                token.userID == consent.userID, token.mayAllow(consent.scopes, at: now)
            else { return .consentEnded }
            guard try Self.grantCount(consent, db) < limits.grantsPerUserAndClient else { return .tooManyGrants }
            let family = try Secret()
            try db.execute(
                sql: """
                    INSERT INTO client_grant (client_id, user_id, scopes, granted_at_ms, consented_by, family)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    consent.clientID, consent.userID, consent.scopes.joined(separator: " "), now,
                    consent.token.bytes, family.hash.bytes,
                ])
            let grantID = db.lastInsertedRowID
            let pair = try Self.insertPair(
                of: NewPair(
                    grantID: grantID, userID: consent.userID, scopes: consent.scopes, family: family.revealed,
                    endsAtMilliseconds: token.expiresAtMilliseconds), limits, now: now, db)
            return .issued(pair, grantID: grantID)
        }
    }

    /// Whether the user may let the program in once more.
    package func mayGrantMore(_ consent: ProgramConsent, _ limits: GrantLimits) async throws -> Bool {
        let now = time.now().wallMilliseconds
        return try await reading { db in
            try Self.grantCount(consent, livingAt: now, db) < limits.grantsPerUserAndClient
        }
    }

    private static func grantCount(_ consent: ProgramConsent, livingAt now: Int64 = 0, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM client_grant WHERE user_id = ? AND client_id = ?
                    AND id IN (SELECT grant_id FROM refresh_token WHERE expires_at_ms > ?)
                """, arguments: [consent.userID, consent.clientID, now]) ?? 0
    }

    /// Ends everything that came of one consent.
    package func endGrant(_ id: Int64) async throws {
        try await administer { try $0.execute(sql: "DELETE FROM client_grant WHERE id = ?", arguments: [id]) }
    }

    /// What the next tokens of a grant are made of.
    package struct NewPair {
        package let grantID: Int64
        package let userID: Int64
        package let scopes: [String]
        /// What every refresh token of the grant begins with.
        package let family: String
        /// When the token that allowed it expires; nil for never.
        package let endsAtMilliseconds: Int64?
    }

    static func insertPair(of new: NewPair, _ limits: GrantLimits, now: Int64, _ db: Database) throws -> TokenPair {
        let access = try Secret()
        let refresh = try Secret(prefix: new.family)
        let accessEnd = min(now + limits.accessTokenSeconds * 1000, new.endsAtMilliseconds ?? .max)
        let refreshEnd = min(now + limits.refreshTokenSeconds * 1000, new.endsAtMilliseconds ?? .max)
        try db.execute(
            sql: """
                INSERT INTO token (hash, user_id, scopes, issued_at_ms, expires_at_ms, grant_id) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                access.hash.bytes, new.userID, new.scopes.joined(separator: " "), now, accessEnd, new.grantID,
            ])
        try db.execute(
            sql: "INSERT INTO refresh_token (hash, grant_id, expires_at_ms) VALUES (?, ?, ?)",
            arguments: [refresh.hash.bytes, new.grantID, refreshEnd])
        return TokenPair(
            accessToken: access.revealed, refreshToken: refresh.revealed, expiresInSeconds: (accessEnd - now) / 1000)
    }
}
