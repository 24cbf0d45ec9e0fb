import FoundationEssentials
import GRDB

/// The rows of `client` and `client_redirect`: programs that users can allow.
enum ClientTable {
    static func all(_ db: Database) throws -> [Client] {
        try String.fetchAll(db, sql: "SELECT id FROM client ORDER BY name, id").compactMap { try client($0, db) }
    }

    /// Nil if there is none.
    static func client(_ id: String, _ db: Database) throws -> Client? {
        let uris = try String.fetchAll(
            db, sql: "SELECT uri FROM client_redirect WHERE client_id = ? ORDER BY uri", arguments: [id])
        return try Row.fetchOne(
            db, sql: "SELECT id, name, secret_hash IS NOT NULL FROM client WHERE id = ?", arguments: [id]
        ).map {
            let name = AccountName.stored($0[1])
            return Client(
                id: $0[0], name: name.isEmpty ? id : name, isConfidential: $0[2], redirectURIs: uris)
        }
    }

    static func isThere(_ id: String, _ db: Database) throws -> Bool {
        try Row.fetchOne(db, sql: "SELECT 1 FROM client WHERE id = ?", arguments: [id]) != nil
    }

    static func isSecret(_ secret: String, ofClient id: String, _ db: Database) throws -> Bool {
        let kept = try Data.fetchOne(db, sql: "SELECT secret_hash FROM client WHERE id = ?", arguments: [id])
        return kept == TokenHash(of: secret).bytes
    }

    static func insert(_ client: Client, secret: Secret?, now: Int64, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO client (id, name, secret_hash, created_at_ms) VALUES (?, ?, ?, ?)",
            arguments: [client.id, client.name, secret?.hash.bytes, now])
        for uri in Set(client.redirectURIs) {
            try db.execute(
                sql: "INSERT INTO client_redirect (client_id, uri) VALUES (?, ?)", arguments: [client.id, uri])
        }
    }

    /// False if there is no such client.
    static func delete(_ id: String, _ db: Database) throws -> Bool {
        try db.execute(sql: "DELETE FROM client WHERE id = ?", arguments: [id])
        return db.changesCount > 0
    }
}
