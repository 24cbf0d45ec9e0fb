import GRDB
import HubAPI
import Timing

extension HubStore {
    /// Issues a token. It is returned this once; the database keeps its hash.
    ///
    /// - Parameters:
    ///   - user: a name, a user's number or a profile's identifier.
    ///   - scopes: out of ``HubScope/all``, at least one.
    ///   - mayConsent: whether it may allow programs, see `docs/decisions/0001-consent-is-a-right.md`.
    ///   - lifetime: nil for a token that never expires.
    ///   - administrator: who issues it.
    /// - Returns: the token itself, for its owner.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/invalidRequest`` for a scope that there is none of,
    ///   ``HubStoreError/Code/notFound`` for such a user.
    package func issueToken(
        forUser user: String, scopes: [String], mayConsent: Bool = false, lifetime: Duration? = nil,
        by administrator: Administrator = .commandLine
    ) async throws -> IssuedToken {
        let known = "Choose from \(HubScope.all.joined(separator: ", "))."
        if let unknown = scopes.first(where: { !HubScope.all.contains($0) }) {
            throw HubStoreError(.invalidRequest, "There is no scope \(unknown). \(known)")
        }
        guard !scopes.isEmpty else { throw HubStoreError(.invalidRequest, "A token needs a scope. \(known)") }
        let now = time.now().wallMilliseconds
        return try await administer { db in
            let issued = try Self.insertToken(
                for: Self.user(user, db), scopes: scopes, mayConsent: mayConsent, now: now,
                expiresAtMilliseconds: lifetime.map { now + $0.components.seconds * 1000 }, by: administrator, db)
            try self.note(.tokenIssued(issued), db)
            return issued
        }
    }

    /// Every user's tokens, or one user's (a name, a user's number or a profile's identifier), those of programs too.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/notFound``.
    package func tokens(ofUser user: String? = nil) async throws -> [TokenRecord] {
        try await reading { db in
            let userID = try user.map { try Self.user($0, db).id }
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT hash, token.user_id, token.scopes, expires_at_ms, may_consent, issued_by, grant_id, client_id,
                        consented_by, refreshed_at_ms IS NOT NULL
                    FROM token LEFT JOIN client_grant ON client_grant.id = grant_id
                    WHERE :user IS NULL OR token.user_id = :user ORDER BY token.user_id, issued_at_ms, hash
                    """, arguments: ["user": userID]
            ).map(TokenRecord.init(row:))
        }
    }

    /// Ends a token, its streams, and what it has let in. Of a program's token everything ends that came of the same consent.
    ///
    /// - Parameter id: as in ``TokenRecord/id``.
    /// - Returns: how many programs lost their access with it.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/notFound``.
    @discardableResult
    package func removeToken(_ id: String) async throws -> Int {
        try await administer { db in
            guard let token = try Self.token(id, db) else {
                throw HubStoreError(.notFound, "There is no token \(id). See: strapline-hub token list")
            }
            let grants = try Self.end(token, db)
            try self.note(.tokenRemoved(id: id), db)
            return grants
        }
    }

    static func insertToken(
        for user: User, scopes: [String], mayConsent: Bool = false, now: Int64, expiresAtMilliseconds: Int64? = nil,
        by administrator: Administrator, _ db: Database
    ) throws -> IssuedToken {
        let secret = try Secret()
        try db.execute(
            sql: """
                INSERT INTO token (hash, user_id, scopes, issued_at_ms, expires_at_ms, may_consent, issued_by)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                secret.hash.bytes, user.id, scopes.joined(separator: " "), now, expiresAtMilliseconds, mayConsent,
                administrator.text,
            ])
        return IssuedToken(
            accessToken: secret.revealed, user: user, scopes: scopes, mayConsent: mayConsent,
            expiresAtMilliseconds: expiresAtMilliseconds)
    }

    private static func token(_ id: String, _ db: Database) throws -> KeptToken? {
        try KeptToken.fetch("lower(hex(substr(token.hash, 1, 8))) = ?", [id], db)
    }
}

extension AdminChange {
    package static func tokenIssued(_ token: IssuedToken) -> AdminChange {
        .tokenIssued(
            id: TokenHash(of: token.accessToken).tokenID, user: token.user, scopes: token.scopes,
            mayConsent: token.mayConsent)
    }
}

extension TokenRecord {
    fileprivate init(row: Row) {
        let clientID: String? = row[7]
        let consentedBy: TokenHash? = row.hasNull(atIndex: 8) ? nil : TokenHash(stored: row[8])
        let isRefreshed: Bool = row[9]
        let origin: Origin =
            clientID.map {
                .program(
                    clientID: $0, grantID: row[6], consentedBy: consentedBy?.tokenID, isRefreshed: isRefreshed)
            } ?? .administration(by: row[5])
        self.init(
            id: TokenHash(stored: row[0]).tokenID, userID: row[1],
            scopes: (row[2] as String).split(separator: " ").map(String.init), expiresAtMilliseconds: row[3],
            mayConsent: row[4], origin: origin)
    }
}
