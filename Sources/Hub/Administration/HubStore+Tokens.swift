import FoundationEssentials
import GRDB
import Timing

extension HubStore {
    /// Issues a token. It is returned this once; the database keeps its hash.
    ///
    /// - Parameters:
    ///   - user: a name, a user's number or a profile's identifier.
    ///   - scopes: out of ``HubScope/all``, at least one.
    ///   - lifetime: nil for a token that never expires.
    /// - Returns: the token itself, for its owner.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/invalidRequest`` for a scope that there is none of,
    ///   ``HubStoreError/Code/notFound`` for such a user.
    public func issueToken(
        forUser user: String, scopes: [String], lifetime: Duration? = nil
    ) async throws -> IssuedToken {
        let known = "Choose from \(HubScope.all.joined(separator: ", "))."
        if let unknown = scopes.first(where: { !HubScope.all.contains($0) }) {
            throw HubStoreError(.invalidRequest, "There is no scope \(unknown). \(known)")
        }
        guard !scopes.isEmpty else { throw HubStoreError(.invalidRequest, "A token needs a scope. \(known)") }
        let now = time.now().wallMilliseconds
        return try await administer { db in
            try Self.insertToken(
                for: Self.user(user, db), scopes: scopes, now: now,
                expiresAtMilliseconds: lifetime.map { now + $0.components.seconds * 1000 }, db)
        }
    }

    /// Every user's tokens, or one user's (a name, a user's number or a profile's identifier), those of programs too.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/notFound``.
    public func tokens(ofUser user: String? = nil) async throws -> [TokenRecord] {
        try await reading { db in
            let userID = try user.map { try Self.user($0, db).id }
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT lower(hex(substr(hash, 1, 8))), token.user_id, token.scopes, expires_at_ms, client_id
                    FROM token LEFT JOIN client_grant ON client_grant.id = grant_id
                    WHERE :user IS NULL OR token.user_id = :user ORDER BY token.user_id, issued_at_ms, hash
                    """, arguments: ["user": userID]
            ).map { row in
                TokenRecord(
                    id: row[0], userID: row[1], scopes: (row[2] as String).split(separator: " ").map(String.init),
                    expiresAtMilliseconds: row[3], clientID: row[4])
            }
        }
    }

    /// Ends a token and its streams. Of a program's the program may get another, see ``removeClient(_:)``.
    ///
    /// - Parameter id: as in ``TokenRecord/id``.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/notFound``.
    public func removeToken(_ id: String) async throws {
        try await administer { db in
            try db.execute(sql: "DELETE FROM token WHERE lower(hex(substr(hash, 1, 8))) = ?", arguments: [id])
            guard db.changesCount > 0 else {
                throw HubStoreError(.notFound, "There is no token \(id). See: strapline-hub token list")
            }
        }
    }

    static func insertToken(
        for user: User, scopes: [String], now: Int64, expiresAtMilliseconds: Int64? = nil, _ db: Database
    ) throws -> IssuedToken {
        let accessToken = UUID().uuidString.lowercased()
        try db.execute(
            sql: "INSERT INTO token (hash, user_id, scopes, issued_at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                TokenHash(of: accessToken).bytes, user.id, scopes.joined(separator: " "), now, expiresAtMilliseconds,
            ])
        return IssuedToken(
            accessToken: accessToken, user: user, scopes: scopes, expiresAtMilliseconds: expiresAtMilliseconds)
    }
}
