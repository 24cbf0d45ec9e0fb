import FoundationEssentials
import GRDB
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
    /// - Returns: the client, with its secret if it has one.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/conflict`` for an identifier that is taken.
    public func addClient(named name: String, id: String? = nil, isConfidential: Bool = false) async throws -> NewClient
    {
        let id = id ?? UUID().uuidString.lowercased()
        guard (1...Self.clientIDCharacters).contains(id.count), id.allSatisfy(\.isUnreserved) else {
            throw HubStoreError(
                .invalidRequest,
                "A client's identifier is 1 to \(Self.clientIDCharacters) letters, digits and -._~ characters.")
        }
        guard (1...Self.nameCharacters).contains(name.count), name.allSatisfy({ !$0.isNewline }) else {
            throw HubStoreError(
                .invalidRequest, "A client's name is one line of at most \(Self.nameCharacters) characters.")
        }
        let secret = isConfidential ? UUID().uuidString.lowercased() : nil
        let now = time.now().wallMilliseconds
        return try await administer { db in
            guard try Self.client(id, db) == nil else {
                throw HubStoreError(.conflict, "There is a client \(id) already. Choose another identifier.")
            }
            try db.execute(
                sql: "INSERT INTO client (id, name, secret_hash, created_at_ms) VALUES (?, ?, ?, ?)",
                arguments: [id, name, secret.map { TokenHash(of: $0).bytes }, now])
            return NewClient(client: Client(id: id, name: name, isConfidential: isConfidential), secret: secret)
        }
    }

    /// Every client, by name.
    public func clients() async throws -> [Client] {
        try await reading { db in
            try Row.fetchAll(db, sql: "SELECT id, name, secret_hash IS NOT NULL FROM client ORDER BY name, id")
                .map { Client(id: $0[0], name: $0[1], isConfidential: $0[2]) }
        }
    }

    /// Removes a client; everything that it was granted ends.
    public func removeClient(_ id: String) async throws {
        try await administer { db in
            try db.execute(sql: "DELETE FROM client WHERE id = ?", arguments: [id])
            guard db.changesCount > 0 else { throw HubStoreError(.notFound, "There is no client \(id).") }
        }
    }

    /// The client with the identifier; nil when there is none.
    func client(_ id: String) async throws -> Client? {
        try await reading { try Self.client(id, $0) }
    }

    /// Whether a confidential client's secret is this.
    func isSecret(_ secret: String, ofClient id: String) async throws -> Bool {
        try await reading { db in
            let kept = try Data.fetchOne(db, sql: "SELECT secret_hash FROM client WHERE id = ?", arguments: [id])
            return kept == TokenHash(of: secret).bytes
        }
    }

    private static func client(_ id: String, _ db: Database) throws -> Client? {
        try Row.fetchOne(db, sql: "SELECT id, name, secret_hash IS NOT NULL FROM client WHERE id = ?", arguments: [id])
            .map { Client(id: $0[0], name: $0[1], isConfidential: $0[2]) }
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
