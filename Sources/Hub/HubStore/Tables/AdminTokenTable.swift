import GRDB

/// The rows of `admin_token`: tokens of the administration.
enum AdminTokenTable {
    static func all(_ db: Database) throws -> [AdminToken] {
        try Row.fetchAll(db, sql: "SELECT id, name, expires_at_ms, issued_by FROM admin_token ORDER BY id")
            .map(AdminToken.init(row:))
    }

    static func token(_ hash: TokenHash, _ db: Database) throws -> AdminToken? {
        try Row.fetchOne(
            db, sql: "SELECT id, name, expires_at_ms, issued_by FROM admin_token WHERE hash = ?",
            arguments: [hash.bytes]
        ).map(AdminToken.init(row:))
    }

    /// When each token expires.
    static func expiries(_ db: Database) throws -> [TokenHash: TokenExpiry] {
        let rows = try Row.fetchAll(db, sql: "SELECT hash, expires_at_ms FROM admin_token")
        return Dictionary(
            uniqueKeysWithValues: rows.map { (TokenHash(stored: $0[0]), TokenExpiry(milliseconds: $0[1])) })
    }

    /// Nil if there is no such token.
    static func expiry(_ hash: TokenHash, _ db: Database) throws -> TokenExpiry? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT expires_at_ms FROM admin_token WHERE hash = ?"), arguments: [hash.bytes]
        ).map { TokenExpiry(milliseconds: $0[0]) }
    }

    static func insert(
        named name: String, now: Int64, expiresAtMilliseconds: Int64? = nil, by administrator: Administrator,
        _ db: Database
    ) throws -> IssuedAdminToken {
        let secret = try Secret(prefix: "strapline-admin-")
        try db.execute(
            sql: "INSERT INTO admin_token (hash, name, issued_at_ms, expires_at_ms, issued_by) VALUES (?, ?, ?, ?, ?)",
            arguments: [secret.hash.bytes, name, now, expiresAtMilliseconds, administrator.text])
        let token = AdminToken(
            id: db.lastInsertedRowID, name: name, expiresAtMilliseconds: expiresAtMilliseconds,
            issuedBy: administrator.text)
        return IssuedAdminToken(accessToken: secret.revealed, token: token)
    }

    /// False if there is no such token.
    static func delete(_ id: Int64, _ db: Database) throws -> Bool {
        try db.execute(sql: "DELETE FROM admin_token WHERE id = ?", arguments: [id])
        return db.changesCount > 0
    }

    static func delete(_ hash: TokenHash, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM admin_token WHERE hash = ?", arguments: [hash.bytes])
    }
}

extension AdminToken {
    fileprivate init(row: Row) {
        self.init(
            id: row[0], name: AccountName.stored(row[1]), expiresAtMilliseconds: row[2], issuedBy: row[3])
    }
}
