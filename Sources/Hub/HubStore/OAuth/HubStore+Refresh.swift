import GRDB
package import PulsoidAPI
import Timing

/// How grants go on and end.
extension HubStore {
    /// What came of a refresh.
    package enum Refresh: Sendable {
        case renewed(TokenPair)
        /// Unknown, expired, of another client, or ended.
        case unknown
        /// Used before. Somebody has a copy: everything that came of the same consent was ended.
        case reused(grantID: Int64)
        /// More was asked for than was granted.
        case beyondGrant
        /// The grant was refreshed a moment ago. The refresh token is still good.
        case tooSoon(seconds: Int64)
    }

    /// What was ended.
    package enum Revoked: Sendable, Hashable {
        /// Nothing has this secret. It may have ended before.
        case nothing
        case token(id: String)
        case grant(id: Int64)
        case adminToken(id: Int64)
    }

    /// What a refresh token belongs to.
    private struct Held {
        let grantID: Int64
        let clientID: String
        /// It was used, or another took its place.
        let isSpent: Bool
        let expiresAtMilliseconds: Int64
    }

    /// A refresh token becomes the next pair, and the pair before ends, as at Pulsoid. `scopes` may be fewer than were
    /// granted; nil is all.
    ///
    /// All refresh tokens of a grant begin with the same secret, its family (RFC 9700, 4.14.2). So one row a grant is kept, and a
    /// spent token is known as one for as long as the grant lives, however often it was refreshed.
    package func refresh(
        _ refreshToken: String, clientID: String, scopes: [String]?, _ limits: GrantLimits
    ) async throws -> Refresh {
        // What strangers send does no work on the writer.
        guard try await lookUp({ try Self.held(refreshToken, $0) }) != nil else { return .unknown }
        let now = time.now().wallMilliseconds
        return try await administer { db in
            guard let held = try Self.held(refreshToken, db), held.clientID == clientID else { return .unknown }
            if held.isSpent {
                try db.execute(sql: "DELETE FROM client_grant WHERE id = ?", arguments: [held.grantID])
                return .reused(grantID: held.grantID)
            }
            guard held.expiresAtMilliseconds > now,
                let grant = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT client_grant.user_id, client_grant.scopes, refreshed_at_ms, family, token.expires_at_ms
                        FROM client_grant LEFT JOIN token ON token.hash = consented_by WHERE client_grant.id = ?
                        """, arguments: [held.grantID])
            else { return .unknown }
            let granted = (grant[1] as String).split(separator: " ").map(String.init)
            guard (scopes ?? []).allSatisfy(granted.contains) else { return .beyondGrant }
            if let seconds = Self.secondsToWait(after: grant[2], now: now, limits) { return .tooSoon(seconds: seconds) }
            let hasFamily = !grant.hasNull(atIndex: 3)
            let family = hasFamily ? String(refreshToken.prefix(Secret.characterCount)) : try Secret().revealed
            try Self.spend(refreshToken, of: held.grantID, isForgotten: hasFamily, now: now, db)
            try db.execute(
                sql: "UPDATE client_grant SET refreshed_at_ms = ?, family = ? WHERE id = ?",
                arguments: [now, TokenHash(of: family).bytes, held.grantID])
            return try .renewed(
                Self.insertPair(
                    of: NewPair(
                        grantID: held.grantID, userID: grant[0], scopes: scopes ?? granted, family: family,
                        endsAtMilliseconds: grant[4]), limits, now: now, db))
        }
    }

    /// The first refresh may come at once. A clock that was set back refuses none.
    private static func secondsToWait(after last: Int64?, now: Int64, _ limits: GrantLimits) -> Int64? {
        guard let last, last <= now else { return nil }
        let wait = last + limits.refreshIntervalSeconds * 1000 - now
        return wait > 0 ? (wait + 999) / 1000 : nil
    }

    /// Ends the pair. A refresh token of an earlier version, which has no family, is kept as used until it expires.
    private static func spend(
        _ refreshToken: String, of grantID: Int64, isForgotten: Bool, now: Int64, _ db: Database
    ) throws {
        try db.execute(sql: "DELETE FROM token WHERE grant_id = ?", arguments: [grantID])
        try db.execute(
            sql: "DELETE FROM refresh_token WHERE grant_id = ? AND expires_at_ms <= ?", arguments: [grantID, now])
        let hash = TokenHash(of: refreshToken).bytes
        if isForgotten {
            try db.execute(sql: "DELETE FROM refresh_token WHERE hash = ?", arguments: [hash])
        } else {
            try db.execute(sql: "UPDATE refresh_token SET used_at_ms = ? WHERE hash = ?", arguments: [now, hash])
        }
    }

    private static func held(_ refreshToken: String, _ db: Database) throws -> Held? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT grant_id, client_id, used_at_ms IS NOT NULL, expires_at_ms
                FROM refresh_token JOIN client_grant ON id = grant_id WHERE hash = ?
                """, arguments: [TokenHash(of: refreshToken).bytes])
        if let row {
            return Held(grantID: row[0], clientID: row[1], isSpent: row[2], expiresAtMilliseconds: row[3])
        }
        guard refreshToken.utf8.count == 2 * Secret.characterCount else { return nil }
        let family = TokenHash(of: String(refreshToken.prefix(Secret.characterCount)))
        return try Row.fetchOne(
            db, sql: "SELECT id, client_id FROM client_grant WHERE family = ?", arguments: [family.bytes]
        ).map { Held(grantID: $0[0], clientID: $0[1], isSpent: true, expiresAtMilliseconds: 0) }
    }

    /// Ends any kind of token of the hub, with all that it let in; of a program's tokens the whole grant.
    package func revoke(_ token: String) async throws -> Revoked {
        // What strangers send does no work on the writer.
        guard try await lookUp({ try Self.revocable(token, $0) }) != .nothing else { return .nothing }
        return try await administer { db in
            let found = try Self.revocable(token, db)
            switch found {
            case .nothing: break
            case .token:
                if let kept = try KeptToken.fetch("token.hash = ?", [TokenHash(of: token).bytes], db) {
                    _ = try Self.end(kept, db)
                }
            case .grant(let id): try db.execute(sql: "DELETE FROM client_grant WHERE id = ?", arguments: [id])
            case .adminToken(let id): try db.execute(sql: "DELETE FROM admin_token WHERE id = ?", arguments: [id])
            }
            return found
        }
    }

    private static func revocable(_ token: String, _ db: Database) throws -> Revoked {
        let hash = TokenHash(of: token)
        if let kept = try KeptToken.fetch("token.hash = ?", [hash.bytes], db) {
            return kept.grantID.map { .grant(id: $0) } ?? .token(id: hash.tokenID)
        }
        if let held = try held(token, db) { return .grant(id: held.grantID) }
        let adminToken = try Int64.fetchOne(
            db, sql: "SELECT id FROM admin_token WHERE hash = ?", arguments: [hash.bytes])
        return adminToken.map { .adminToken(id: $0) } ?? .nothing
    }
}
