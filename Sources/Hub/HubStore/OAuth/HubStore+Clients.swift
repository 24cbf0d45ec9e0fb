import FoundationEssentials
import GRDB
import TextFormats
import Timing

extension HubStore {
    /// Longest identifier of a client, in characters.
    private static let clientIDCharacters = 128

    /// Registers a client.
    ///
    /// - Parameters:
    ///   - name: what people are asked about; as of a user, see ``addUser(named:)``.
    ///   - id: the identifier that is built into the program: letters, digits and `-._~`. Nil for a new one.
    ///   - isConfidential: whether it shall have a secret, which is made up and returned this once.
    ///   - redirectURIs: where people may be sent back to with a code; for confidential clients alone.
    /// - Returns: the client, with its secret if it has one.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/conflict`` for an identifier that is taken.
    package func addClient(
        named name: String, id: String? = nil, isConfidential: Bool = false, redirectURIs: [String] = []
    ) async throws -> NewClient {
        if let bad = redirectURIs.first(where: { RedirectURI($0) == nil }) {
            throw HubStoreError(
                .invalidRequest, "\(bad) is no address to come back to: http:// or https://, and without a fragment.")
        }
        guard redirectURIs.isEmpty || isConfidential else {
            throw HubStoreError(.invalidRequest, "A client that people come back to with a code needs a secret.")
        }
        let id = try id ?? Self.newClientID()
        guard (1...Self.clientIDCharacters).contains(id.count), id.allSatisfy(\.isUnreserved) else {
            throw HubStoreError(
                .invalidRequest,
                "A client's identifier is 1 to \(Self.clientIDCharacters) letters, digits and -._~ characters.")
        }
        try AdministrationName.check(name, "A client's name")
        let now = time.now().wallMilliseconds
        return try await administer { db in
            guard try Self.client(id, db) == nil else {
                throw HubStoreError(.conflict, "There is a client \(id) already. Choose another identifier.")
            }
            let secret = isConfidential ? try Secret() : nil
            try db.execute(
                sql: "INSERT INTO client (id, name, secret_hash, created_at_ms) VALUES (?, ?, ?, ?)",
                arguments: [id, name, secret?.hash.bytes, now])
            for uri in Set(redirectURIs) {
                try db.execute(sql: "INSERT INTO client_redirect (client_id, uri) VALUES (?, ?)", arguments: [id, uri])
            }
            let client = Client(id: id, name: name, isConfidential: isConfidential, redirectURIs: redirectURIs)
            try self.note(.clientAdded(client), db)
            return NewClient(client: client, secret: secret?.revealed)
        }
    }

    /// Public, and yet random: two programs must not get the same.
    private static func newClientID() throws(HubStoreError) -> String {
        do {
            return try RandomBytes.hex(bytes: 16)
        } catch {
            throw HubStoreError(foreign: error)
        }
    }

    /// Every client, by name.
    package func clients() async throws -> [Client] {
        try await reading { db in
            try String.fetchAll(db, sql: "SELECT id FROM client ORDER BY name, id").compactMap {
                try Self.client($0, db)
            }
        }
    }

    /// Removes a client; everything that it was granted ends.
    package func removeClient(_ id: String) async throws {
        try await administer { db in
            try db.execute(sql: "DELETE FROM client WHERE id = ?", arguments: [id])
            guard db.changesCount > 0 else { throw HubStoreError(.notFound, "There is no client \(id).") }
            try self.note(.clientRemoved(id: id), db)
        }
    }

    /// The client with the identifier; nil when there is none.
    package func client(_ id: String) async throws -> Client? {
        try await lookUp { try Self.client(id, $0) }
    }

    /// Whether a confidential client's secret is this.
    package func isSecret(_ secret: String, ofClient id: String) async throws -> Bool {
        try await lookUp { db in
            let kept = try Data.fetchOne(db, sql: "SELECT secret_hash FROM client WHERE id = ?", arguments: [id])
            return kept == TokenHash(of: secret).bytes
        }
    }

    private static func client(_ id: String, _ db: Database) throws -> Client? {
        let uris = try String.fetchAll(
            db, sql: "SELECT uri FROM client_redirect WHERE client_id = ? ORDER BY uri", arguments: [id])
        return try Row.fetchOne(
            db, sql: "SELECT id, name, secret_hash IS NOT NULL FROM client WHERE id = ?", arguments: [id]
        ).map {
            // Names of older versions may hold anything.
            let name = ($0[1] as String).printable(scalars: nameScalars)
            return Client(
                id: $0[0], name: name.isEmpty ? id : name, isConfidential: $0[2], redirectURIs: uris)
        }
    }

    /// Reads beside the writer.
    func reading<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.read(body)
        } catch {
            throw HubStoreError(foreign: error)
        }
    }
}

extension Character {
    /// Letters, digits and `-._~` (RFC 3986, 2.3).
    fileprivate var isUnreserved: Bool { isASCII && (isLetter || isNumber || "-._~".contains(self)) }
}
