import FoundationEssentials

/// The rows of `token`: users' tokens, those of programs included.
enum TokenTable {
    private static let tokens = """
        SELECT hash, token.user_id, token.scopes, expires_at_ms, client_id
        FROM token LEFT JOIN client_grant ON client_grant.id = grant_id
        """

    private static let rows = """
        SELECT hash, user_id, scopes, issued_at_ms, expires_at_ms, may_consent, grant_id FROM token
        """

    static func all(_ db: any SQLSession) throws -> [Token] {
        try db.rows(tokens).map(Token.init(row:))
    }

    /// One row; nil if the token has ended.
    static func token(_ hash: TokenHash, _ db: any SQLSession) throws -> Token? {
        try db.row("\(tokens) WHERE hash = ?1", hash.bytes).map(Token.init(row:))
    }

    /// The tokens of all users, or of one, as the administration lists them.
    static func records(ofUser userID: Int64?, _ db: any SQLSession) throws -> [TokenRecord] {
        try db.rows(
            """
            SELECT token.hash, token.user_id, token.scopes, expires_at_ms, may_consent, issued_by, grant_id,
                client_id, consented_by, refreshed_at_ms IS NOT NULL, label, last_used_at_ms,
                "user".id, profile_id, name
            FROM token JOIN "user" ON "user".id = token.user_id
                LEFT JOIN client_grant ON client_grant.id = grant_id
                LEFT JOIN token_use ON token_use.hash = token.hash
            WHERE CAST(?1 AS bigint) IS NULL OR token.user_id = CAST(?1 AS bigint)
            ORDER BY token.user_id, issued_at_ms, token.hash
            """, userID
        ).map(TokenRecord.init(row:))
    }

    static func row(_ hash: TokenHash, _ db: any SQLSession) throws -> TokenRow? {
        try db.row("\(rows) WHERE hash = ?1", hash.bytes).map(TokenRow.init(row:))
    }

    /// For `id` see ``TokenRecord/id``.
    static func row(id: String, _ db: any SQLSession) throws -> TokenRow? {
        guard let hashes = TokenHash.range(ofTokenID: id) else { return nil }
        return try db.row("\(rows) WHERE hash >= ?1 AND hash <= ?2", hashes.lowerBound.bytes, hashes.upperBound.bytes)
            .map(TokenRow.init(row:))
    }

    static func insert(
        for user: User, scopes: [String], label: String? = nil, mayConsent: Bool = false, now: Int64,
        expiresAtMilliseconds: Int64? = nil, by administrator: Administrator, _ db: any SQLSession
    ) throws -> IssuedToken {
        let secret = try Secret()
        try db.execute(
            """
            INSERT INTO token (hash, user_id, scopes, issued_at_ms, expires_at_ms, may_consent, issued_by, label)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """,
            secret.hash.bytes, user.id, scopes.joined(separator: " "), now, expiresAtMilliseconds, mayConsent,
            administrator.text, label)
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
    static func end(_ token: TokenRow, _ db: any SQLSession) throws -> Int {
        if let grantID = token.grantID {
            try GrantTable.delete(grantID, db)
            return 1
        }
        let unrecorded = try db.rows(
            """
            SELECT id, scopes FROM client_grant WHERE consented_by IS NULL AND user_id = ?1 AND granted_at_ms >= ?2
            """, token.userID, token.issuedAtMilliseconds
        ).filter { row in
            (try row[1] as String).split(separator: " ").allSatisfy { token.scopes.contains(String($0)) }
        }
        let recorded: Int? = try db.value(
            "SELECT count(*) FROM client_grant WHERE consented_by = ?1", token.hash.bytes)
        for row in unrecorded { try GrantTable.delete(row[0], db) }
        try delete(token.hash, db)
        return unrecorded.count + (recorded ?? 0)
    }

    /// Records when tokens were used last. A token that has ended since is skipped.
    static func noteUses(_ uses: [TokenHash: Int64], _ db: any SQLSession) throws {
        // In the order of keys: two hubs that lock the same rows in different orders wait for each other.
        for (hash, now) in uses.sorted(by: { $0.key < $1.key }) {
            try db.execute(
                """
                INSERT INTO token_use (hash, last_used_at_ms)
                SELECT hash, CAST(?2 AS bigint) FROM token WHERE hash = ?1
                ON CONFLICT (hash) DO UPDATE SET last_used_at_ms = excluded.last_used_at_ms
                WHERE token_use.last_used_at_ms < excluded.last_used_at_ms
                """, hash.bytes, now)
        }
    }

    static func delete(_ hash: TokenHash, _ db: any SQLSession) throws {
        try db.execute("DELETE FROM token WHERE hash = ?1", hash.bytes)
    }
}

extension Token {
    fileprivate init(row: SQLRow) throws {
        let scopes: String = try row[2]
        self.init(
            hash: TokenHash(stored: try row[0]), userID: try row[1],
            scopes: scopes.split(separator: " ").map(String.init), expiresAtMilliseconds: try row[3],
            clientID: try row[4])
    }
}

extension TokenRow {
    fileprivate init(row: SQLRow) throws {
        self.init(
            hash: TokenHash(stored: try row[0]), userID: try row[1],
            scopes: (try row[2] as String).split(separator: " ").map(String.init), issuedAtMilliseconds: try row[3],
            expiresAtMilliseconds: try row[4], mayConsent: try row[5], grantID: try row[6])
    }
}

extension TokenRecord {
    fileprivate init(row: SQLRow) throws {
        let clientID: String? = try row[7]
        let consentedBy = (try row[8] as Data?).map(TokenHash.init(stored:))
        let isRefreshed: Bool = try row[9]
        let origin: Origin =
            if let clientID {
                .program(
                    clientID: clientID, grantID: try row[6], consentedBy: consentedBy?.tokenID,
                    isRefreshed: isRefreshed)
            } else {
                .administration(by: try row[5])
            }
        self.init(
            id: TokenHash(stored: try row[0]).tokenID, user: try User(row: row, from: 12),
            scopes: (try row[2] as String).split(separator: " ").map(String.init),
            expiresAtMilliseconds: try row[3], mayConsent: try row[4],
            label: (try row[10] as String?).map(AccountName.stored), lastUsedAtMilliseconds: try row[11],
            origin: origin)
    }
}
