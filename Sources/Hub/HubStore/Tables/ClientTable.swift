import FoundationEssentials

/// The rows of `client` and `client_redirect`: programs that users can allow.
enum ClientTable {
    static func all(_ db: any SQLSession) throws -> [Client] {
        try db.rows("SELECT id FROM client ORDER BY name, id").compactMap { try client($0[0], db) }
    }

    /// Nil if there is none.
    static func client(_ id: String, _ db: any SQLSession) throws -> Client? {
        let uris = try db.rows("SELECT uri FROM client_redirect WHERE client_id = ?1 ORDER BY uri", id)
        return try db.row("SELECT id, name, secret_hash IS NOT NULL FROM client WHERE id = ?1", id).map { row in
            let name = AccountName.stored(try row[1])
            return Client(
                id: try row[0], name: name.isEmpty ? id : name, isConfidential: try row[2],
                redirectURIs: try uris.map { try $0[0] })
        }
    }

    static func isThere(_ id: String, _ db: any SQLSession) throws -> Bool {
        try db.row("SELECT 1 FROM client WHERE id = ?1", id) != nil
    }

    static func isSecret(_ secret: String, ofClient id: String, _ db: any SQLSession) throws -> Bool {
        let kept: Data? = try db.value("SELECT secret_hash FROM client WHERE id = ?1", id)
        return kept == TokenHash(of: secret).bytes
    }

    static func insert(_ client: Client, secret: Secret?, now: Int64, _ db: any SQLSession) throws {
        try db.execute(
            "INSERT INTO client (id, name, secret_hash, created_at_ms) VALUES (?1, ?2, ?3, ?4)",
            client.id, client.name, secret?.hash.bytes, now)
        for uri in Set(client.redirectURIs) {
            try db.execute("INSERT INTO client_redirect (client_id, uri) VALUES (?1, ?2)", client.id, uri)
        }
    }

    /// False if there is no such client.
    static func delete(_ id: String, _ db: any SQLSession) throws -> Bool {
        try db.execute("DELETE FROM client WHERE id = ?1", id) > 0
    }
}
