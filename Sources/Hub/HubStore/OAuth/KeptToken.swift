import GRDB

/// A row of `token`, for what the ``Directory`` does not know of it: who may allow programs, and which grants end with it.
package struct KeptToken: Sendable {
    package let hash: TokenHash
    package let userID: Int64
    package let scopes: [String]
    /// Milliseconds since the Unix epoch.
    package let issuedAtMilliseconds: Int64
    package let expiresAtMilliseconds: Int64?
    package let mayConsent: Bool
    /// The consent that it came of; nil when the administration issued it.
    package let grantID: Int64?

    /// Why a token cannot allow a program what it asks for.
    package enum Refusal: Sendable, Hashable {
        /// It has expired, or is a program's own.
        case notAUsers
        case mayNotConsent
        case lacks(scopes: [String])
    }

    /// `now` is in milliseconds since the Unix epoch. Nil when it may.
    package func refusal(of wanted: [String], at now: Int64) -> Refusal? {
        if grantID != nil || (expiresAtMilliseconds.map { $0 <= now } ?? false) { return .notAUsers }
        guard mayConsent else { return .mayNotConsent }
        let missing = wanted.filter { !scopes.contains($0) }
        return missing.isEmpty ? nil : .lacks(scopes: missing)
    }

    package func mayAllow(_ wanted: [String], at now: Int64) -> Bool { refusal(of: wanted, at: now) == nil }

    /// The first token for which a condition of SQL holds.
    static func fetch(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> KeptToken? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT hash, user_id, scopes, issued_at_ms, expires_at_ms, may_consent, grant_id FROM token
                WHERE \(condition)
                """, arguments: arguments
        ).map { row in
            KeptToken(
                hash: TokenHash(stored: row[0]), userID: row[1],
                scopes: (row[2] as String).split(separator: " ").map(String.init), issuedAtMilliseconds: row[3],
                expiresAtMilliseconds: row[4], mayConsent: row[5], grantID: row[6])
        }
    }
}

extension HubStore {
    /// The token that is this; nil when there is none. Past the ``Directory``: what was issued a moment ago counts at once.
    package func keptToken(_ hash: TokenHash) async throws -> KeptToken? {
        try await lookUp { try KeptToken.fetch("token.hash = ?", [hash.bytes], $0) }
    }

    /// Ends a token with all that it let in; of a program's the whole grant.
    ///
    /// Grants of before the migration do not say which token allowed them. Each one that this token may have allowed ends too:
    /// whoever removes a leaked token is rid of the reader.
    ///
    /// - Returns: how many grants ended.
    static func end(_ token: KeptToken, _ db: Database) throws -> Int {
        if let grantID = token.grantID {
            try db.execute(sql: "DELETE FROM client_grant WHERE id = ?", arguments: [grantID])
            return 1
        }
        let unrecorded = try Row.fetchAll(
            db,
            sql: """
                SELECT id, scopes FROM client_grant WHERE consented_by IS NULL AND user_id = ? AND granted_at_ms >= ?
                """, arguments: [token.userID, token.issuedAtMilliseconds]
        ).filter { row in
            (row[1] as String).split(separator: " ").allSatisfy { token.scopes.contains(String($0)) }
        }
        let recorded = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM client_grant WHERE consented_by = ?", arguments: [token.hash.bytes])
        for row in unrecorded {
            try db.execute(sql: "DELETE FROM client_grant WHERE id = ?", arguments: [row[0] as Int64])
        }
        try db.execute(sql: "DELETE FROM token WHERE hash = ?", arguments: [token.hash.bytes])
        return unrecorded.count + (recorded ?? 0)
    }
}
