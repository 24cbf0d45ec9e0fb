import GRDB

/// The rows of `token`: users' tokens, those of programs included.
enum TokenTable {
    private static let tokens = """
        SELECT hash, token.user_id, token.scopes, expires_at_ms, client_id
        FROM token LEFT JOIN client_grant ON client_grant.id = grant_id
        """

    static func all(_ db: Database) throws -> [Token] {
        try Row.fetchAll(db, sql: tokens).map(Token.init(row:))
    }

    /// One row; nil if the token has ended.
    static func token(_ hash: TokenHash, _ db: Database) throws -> Token? {
        try Row.fetchOne(db.cachedStatement(sql: "\(tokens) WHERE hash = ?"), arguments: [hash.bytes])
            .map(Token.init(row:))
    }

    /// The tokens of all users, or of one, as the administration lists them.
    static func records(ofUser userID: Int64?, _ db: Database) throws -> [TokenRecord] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT token.hash, token.user_id, token.scopes, expires_at_ms, may_consent, issued_by, grant_id,
                    client_id, consented_by, refreshed_at_ms IS NOT NULL, label, last_used_at_ms,
                    user.id, profile_id, name
                FROM token JOIN user ON user.id = token.user_id
                    LEFT JOIN client_grant ON client_grant.id = grant_id
                    LEFT JOIN token_use ON token_use.hash = token.hash
                WHERE :user IS NULL OR token.user_id = :user ORDER BY token.user_id, issued_at_ms, token.hash
                """, arguments: ["user": userID]
        ).map(TokenRecord.init(row:))
    }

    static func row(_ hash: TokenHash, _ db: Database) throws -> TokenRow? {
        try row(where: "token.hash = ?", hash.bytes, db)
    }

    /// For `id` see ``TokenRecord/id``.
    static func row(id: String, _ db: Database) throws -> TokenRow? {
        try row(where: "lower(hex(substr(token.hash, 1, 8))) = ?", id, db)
    }

    private static func row(
        where condition: String, _ value: some DatabaseValueConvertible, _ db: Database
    ) throws -> TokenRow? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT hash, user_id, scopes, issued_at_ms, expires_at_ms, may_consent, grant_id FROM token
                WHERE \(condition)
                """, arguments: [value]
        ).map(TokenRow.init(row:))
    }

    static func insert(
        for user: User, scopes: [String], label: String? = nil, mayConsent: Bool = false, now: Int64,
        expiresAtMilliseconds: Int64? = nil, by administrator: Administrator, _ db: Database
    ) throws -> IssuedToken {
        let secret = try Secret()
        try db.execute(
            sql: """
                INSERT INTO token (hash, user_id, scopes, issued_at_ms, expires_at_ms, may_consent, issued_by, label)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                secret.hash.bytes, user.id, scopes.joined(separator: " "), now, expiresAtMilliseconds, mayConsent,
                administrator.text, label,
            ])
        return IssuedToken(
            accessToken: secret.revealed, user: user, scopes: scopes, mayConsent: mayConsent,
            expiresAtMilliseconds: expiresAtMilliseconds)
    }

    /// Ends a token and all grants that it allowed. A program's token ends with its whole grant.
    ///
    /// Grants from before the migration do not record the token that allowed them. Each one that this token may have
    /// allowed ends too, so that removing a leaked token locks its thief out.
    ///
    /// - Returns: how many grants ended.
    static func end(_ token: TokenRow, _ db: Database) throws -> Int {
        if let grantID = token.grantID {
            try GrantTable.delete(grantID, db)
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
        for row in unrecorded { try GrantTable.delete(row[0], db) }
        try delete(token.hash, db)
        return unrecorded.count + (recorded ?? 0)
    }

    /// Records when tokens were used last. A token that has ended since is skipped.
    static func noteUses(_ uses: [TokenHash: Int64], _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO token_use (hash, last_used_at_ms) SELECT hash, :now FROM token WHERE hash = :hash
                ON CONFLICT DO UPDATE SET last_used_at_ms = max(last_used_at_ms, excluded.last_used_at_ms)
                """)
        for (hash, now) in uses { try statement.execute(arguments: ["hash": hash.bytes, "now": now]) }
    }

    static func delete(_ hash: TokenHash, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM token WHERE hash = ?", arguments: [hash.bytes])
    }
}

extension Token {
    fileprivate init(row: Row) {
        let scopes: String = row[2]
        self.init(
            hash: TokenHash(stored: row[0]), userID: row[1],
            scopes: scopes.split(separator: " ").map(String.init), expiresAtMilliseconds: row[3],
            clientID: row[4])
    }
}

extension TokenRow {
    fileprivate init(row: Row) {
        self.init(
            hash: TokenHash(stored: row[0]), userID: row[1],
            scopes: (row[2] as String).split(separator: " ").map(String.init), issuedAtMilliseconds: row[3],
            expiresAtMilliseconds: row[4], mayConsent: row[5], grantID: row[6])
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
            id: TokenHash(stored: row[0]).tokenID, user: User(row: row, from: 12),
            scopes: (row[2] as String).split(separator: " ").map(String.init), expiresAtMilliseconds: row[3],
            mayConsent: row[4], label: (row[10] as String?).map(AccountName.stored),
            lastUsedAtMilliseconds: row[11], origin: origin)
    }
}
