import FoundationEssentials
import GRDB
public import PulsoidAPI
import Timing

extension HubStore {
    /// Longest name of a user, in characters: it has to fit a line of a log and a tile of a page.
    static let nameCharacters = 64
    /// Largest configuration of a room or a member as JSON, in bytes: it is sent to every reader of the room.
    static let configBytes = 16 << 10

    /// Makes a user.
    ///
    /// The name is 1 to 64 printable characters; not digits alone, which would read as a number of a user.
    public func addUser(named name: String) async throws -> User {
        let isPrintable =
            name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace || $0 == " " }
            && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard (1...Self.nameCharacters).contains(name.count), isPrintable, name.first != " ", name.last != " ",
            !name.allSatisfy(\.isASCIIDigit)
        else {
            throw HubStoreError(
                .invalidRequest,
                "A name is 1 to \(Self.nameCharacters) printable characters, and not digits alone.")
        }
        let profileID = Self.randomHex(bytes: 12)
        let now = time.now().wallMilliseconds
        return try await administer { db in
            guard try Row.fetchOne(db, sql: "SELECT 1 FROM user WHERE name = ?", arguments: [name]) == nil else {
                throw HubStoreError(.conflict, "There is a user \(name) already. Choose another name.")
            }
            try db.execute(
                sql: "INSERT INTO user (profile_id, name, created_at_ms) VALUES (?, ?, ?)",
                arguments: [profileID, name, now])
            return User(id: db.lastInsertedRowID, profileID: profileID, name: name)
        }
    }

    /// Issues a token. It is returned this once; the database keeps its hash.
    ///
    /// - Parameters:
    ///   - user: a name, a user's number or a profile's identifier.
    ///   - scopes: out of ``HubScope/all``, at least one.
    ///   - lifetime: nil for a token that never expires.
    /// - Returns: the token itself, for its owner.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/notFound`` for a user that there is none of.
    public func issueToken(
        forUser user: String, scopes: [String], lifetime: Duration? = nil
    ) async throws -> IssuedToken {
        if let unknown = scopes.first(where: { !HubScope.all.contains($0) }) {
            throw HubStoreError(
                .invalidRequest, "There is no scope \(unknown). Choose from \(HubScope.all.joined(separator: ", ")).")
        }
        guard !scopes.isEmpty else {
            throw HubStoreError(
                .invalidRequest, "A token needs a scope. Choose from \(HubScope.all.joined(separator: ", ")).")
        }
        let accessToken = UUID().uuidString.lowercased()
        let now = time.now().wallMilliseconds
        let expiresAt = lifetime.map { now + $0.components.seconds * 1000 }
        return try await administer { db in
            let user = try Self.user(user, db)
            try db.execute(
                sql: "INSERT INTO token (hash, user_id, scopes, issued_at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    TokenHash(of: accessToken).bytes, user.id, scopes.joined(separator: " "), now, expiresAt,
                ])
            return IssuedToken(
                accessToken: accessToken, user: user, scopes: scopes, expiresAtMilliseconds: expiresAt)
        }
    }

    /// Makes a room without members and returns its identifier.
    public func createRoom(config: JSONValue = .object([:])) async throws -> String {
        let roomID = Self.randomHex(bytes: 12)
        let config = try Self.text(ofConfig: config)
        let now = time.now().wallMilliseconds
        return try await administer { db in
            try db.execute(
                sql: "INSERT INTO room (id, config, changed_at_ms) VALUES (?, ?, ?)", arguments: [roomID, config, now])
            return roomID
        }
    }

    /// Gives a room another configuration.
    public func setConfig(_ config: JSONValue, ofRoom roomID: String) async throws {
        let config = try Self.text(ofConfig: config)
        let now = time.now().wallMilliseconds
        try await administer { db in
            try Self.requireRoom(roomID, db)
            try db.execute(
                sql: "UPDATE room SET config = ?, changed_at_ms = ? WHERE id = ?", arguments: [config, now, roomID])
        }
    }

    /// Adds a user to a room, or gives a member another configuration.
    ///
    /// - Parameters:
    ///   - user: a name, a user's number or a profile's identifier.
    ///   - roomID: the room's identifier.
    ///   - config: nil for an empty one, or for leaving a member's as it is.
    /// - Returns: the user who is now a member.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/notFound`` for a user or a room that there is none of.
    @discardableResult
    public func addMember(_ user: String, toRoom roomID: String, config: JSONValue? = nil) async throws -> User {
        let config = try config.map(Self.text(ofConfig:))
        let now = time.now().wallMilliseconds
        return try await administer { db in
            let user = try Self.user(user, db)
            try Self.requireRoom(roomID, db)
            try db.execute(
                sql: """
                    INSERT INTO room_member (room_id, user_id, config, changed_at_ms)
                    VALUES (:room, :user, coalesce(:config, '{}'), :now)
                    ON CONFLICT DO UPDATE SET config = :config, changed_at_ms = :now WHERE :config IS NOT NULL
                    """,
                arguments: ["room": roomID, "user": user.id, "config": config, "now": now])
            return user
        }
    }

    /// Removes a member from a room; their streams of the room are disconnected.
    @discardableResult
    public func removeMember(_ user: String, fromRoom roomID: String) async throws -> User {
        try await administer { db in
            let user = try Self.user(user, db)
            try Self.requireRoom(roomID, db)
            try db.execute(
                sql: "DELETE FROM room_member WHERE room_id = ? AND user_id = ?", arguments: [roomID, user.id])
            guard db.changesCount > 0 else {
                throw HubStoreError(.notFound, "\(user.name) is not a member of the room \(roomID).")
            }
            return user
        }
    }

    /// Runs one change as a transaction and reads the directory anew: `data_version` tells of others' changes only.
    func administer<Value: Sendable>(
        _ change: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await onWriter { db in
            let value = try db.inTransactionReturning { try change(db) }
            try self.reloadDirectory(db, dataVersion: Int64.fetchOne(db, sql: "PRAGMA data_version"))
            return value
        }
    }

    private static func user(_ user: String, _ db: Database) throws -> User {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT id, profile_id, name FROM user WHERE name = :user OR id = :id OR profile_id = :user",
            arguments: ["user": user, "id": Int64(user)])
        guard let row else {
            throw HubStoreError(
                .notFound, "There is no user \(user). Make one with: strapline-hub user add \(user)")
        }
        return User(row: row)
    }

    private static func requireRoom(_ roomID: String, _ db: Database) throws {
        guard try Row.fetchOne(db, sql: "SELECT 1 FROM room WHERE id = ?", arguments: [roomID]) != nil else {
            throw HubStoreError(
                .notFound, "There is no room \(roomID). Make one with: strapline-hub room create")
        }
    }

    private static func text(ofConfig config: JSONValue) throws -> String {
        guard case .object = config else {
            throw HubStoreError(.invalidRequest, #"A configuration is a JSON object, for instance {"color": "red"}."#)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(config), as: UTF8.self)
        guard text.utf8.count <= configBytes else {
            throw HubStoreError(.invalidRequest, "A configuration has at most \(configBytes) bytes as JSON.")
        }
        return text
    }

    private static func randomHex(bytes count: Int) -> String {
        let digits = Array("0123456789abcdef")
        var generator = SystemRandomNumberGenerator()
        return String((0..<count * 2).map { _ in digits[Int.random(in: 0..<16, using: &generator)] })
    }
}

extension Database {
    /// ``inTransaction(_:_:)`` for a closure with a result.
    fileprivate func inTransactionReturning<Value>(_ body: () throws -> Value) throws -> Value {
        try beginTransaction(.immediate)
        do {
            let value = try body()
            try commit()
            return value
        } catch {
            // A failed commit may have ended the transaction by itself.
            if isInsideTransaction { try rollback() }
            throw error
        }
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
