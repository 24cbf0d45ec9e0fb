/// The rows of `admin_token`: tokens of the administration.
enum AdminTokenTable {
    static func all(_ db: any SQLSession) throws -> [AdminToken] {
        try db.rows("SELECT id, name, expires_at_ms, issued_by FROM admin_token ORDER BY id")
            .map(AdminToken.init(row:))
    }

    static func token(_ hash: TokenHash, _ db: any SQLSession) throws -> AdminToken? {
        try db.row("SELECT id, name, expires_at_ms, issued_by FROM admin_token WHERE hash = ?1", hash.bytes)
            .map(AdminToken.init(row:))
    }

    /// When each token expires.
    static func expiries(_ db: any SQLSession) throws -> [TokenHash: TokenExpiry] {
        let rows = try db.rows("SELECT hash, expires_at_ms FROM admin_token")
        return try Dictionary(
            uniqueKeysWithValues: rows.map {
                (TokenHash(stored: try $0[0]), TokenExpiry(milliseconds: try $0[1]))
            })
    }

    /// Nil if there is no such token.
    static func expiry(_ hash: TokenHash, _ db: any SQLSession) throws -> TokenExpiry? {
        try db.row("SELECT expires_at_ms FROM admin_token WHERE hash = ?1", hash.bytes)
            .map { TokenExpiry(milliseconds: try $0[0]) }
    }

    static func insert(
        named name: String, now: Int64, expiresAtMilliseconds: Int64? = nil, by administrator: Administrator,
        _ db: any SQLSession
    ) throws -> IssuedAdminToken {
        let secret = try Secret(prefix: "strapline-admin-")
        let id = try db.newID(
            """
            INSERT INTO admin_token (hash, name, issued_at_ms, expires_at_ms, issued_by)
            VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id
            """, secret.hash.bytes, name, now, expiresAtMilliseconds, administrator.text)
        let token = AdminToken(
            id: id, name: name, expiresAtMilliseconds: expiresAtMilliseconds,
            issuedBy: administrator.text)
        return IssuedAdminToken(accessToken: secret.revealed, token: token)
    }

    /// False if there is no such token.
    static func delete(_ id: Int64, _ db: any SQLSession) throws -> Bool {
        try db.execute("DELETE FROM admin_token WHERE id = ?1", id) > 0
    }

    static func delete(_ hash: TokenHash, _ db: any SQLSession) throws {
        try db.execute("DELETE FROM admin_token WHERE hash = ?1", hash.bytes)
    }
}

extension AdminToken {
    fileprivate init(row: SQLRow) throws {
        self.init(
            id: try row[0], name: AccountName.stored(try row[1]), expiresAtMilliseconds: try row[2],
            issuedBy: try row[3])
    }
}
