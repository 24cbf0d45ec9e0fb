import FoundationEssentials
import GRDB
import PulsoidAPI
import Synchronization

/// What the parts of the administration share.
extension HubStore {
    /// Longest name of a user, a client or a token, in Unicode scalars: it has to fit a line of a log and a tile of a
    /// page.
    static let nameScalars = 64
    /// Largest configuration of a room or a member as JSON, in bytes: it is sent to every reader of the room.
    private static let configBytes = 16 << 10

    /// Runs one change as a transaction, then brings the directory up to date.
    func administer<Value: Sendable>(
        _ change: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await onWriter { db in
            self.state.withLock { $0.work.writeTransactions += 1 }
            let value = try db.inTransactionReturning {
                let value = try change(db)
                try DirectoryLog.prune(db)
                return value
            }
            try self.updateDirectory(db)
            return value
        }
    }

    /// Who it is: `user` is a name, a user's number or a profile's identifier.
    static func user(_ user: String, _ db: Database) throws -> User {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT id, profile_id, name FROM user WHERE name = :user OR id = :id OR profile_id = :user",
            arguments: ["user": user, "id": Int64(user)])
        guard let row else {
            throw HubStoreError(.notFound, "There is no user \(user). Make one with: strapline-hub user add \(user)")
        }
        return User(row: row)
    }

    static func requireRoom(_ roomID: String, _ db: Database) throws {
        guard try Row.fetchOne(db, sql: "SELECT 1 FROM room WHERE id = ?", arguments: [roomID]) != nil else {
            throw noRoom(roomID)
        }
    }

    static func noRoom(_ roomID: String) -> HubStoreError {
        HubStoreError(.notFound, "There is no room \(roomID). Make one with: strapline-hub room create")
    }

    static func text(ofConfig config: JSONValue) throws -> String {
        guard case .object = config else {
            throw HubStoreError(.invalidRequest, #"A configuration is a JSON object, for instance {"color": "red"}."#)
        }
        let bounds = JSONBounds.configuration
        guard bounds.allow(config) else {
            throw HubStoreError(
                .invalidRequest,
                "A configuration is at most \(bounds.depth) levels deep and has at most \(bounds.nodes) values. "
                    + "Make it smaller.")
        }
        guard config.hasSafeText else {
            throw HubStoreError(
                .invalidRequest,
                "A configuration holds text with control characters, direction marks or zero-width characters. Remove them."
            )
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(config), as: UTF8.self)
        guard text.utf8.count <= configBytes else {
            throw HubStoreError(.invalidRequest, "A configuration has at most \(configBytes) bytes as JSON.")
        }
        return text
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
