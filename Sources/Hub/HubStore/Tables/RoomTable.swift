import FoundationEssentials
import GRDB
import PulsoidAPI

/// The rows of `room` and `room_member`.
enum RoomTable {
    /// Largest configuration of a room or a member as JSON, in bytes: the hub sends it to every reader of the room.
    private static let configBytes = 16 << 10

    /// Every room with its members.
    static func all(_ db: Database) throws -> [Room] {
        try String.fetchAll(db, sql: "SELECT id FROM room").compactMap { try room($0, db) }
    }

    /// One room with its members; nil if there is none. Parsed configurations of `known` are used again.
    static func room(_ id: String, knowing known: Room? = nil, _ db: Database) throws -> Room? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT id, config, changed_at_ms FROM room WHERE id = ?"), arguments: [id])
        guard let row else { return nil }
        var room = try Room(id: id, stored: row[1], changedAtMilliseconds: row[2], knowing: known)
        let members = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, profile_id, name, config, changed_at_ms
                    FROM room_member JOIN user ON user.id = user_id WHERE room_id = ?
                    """), arguments: [id])
        for row in members {
            let user = User(row: row)
            room.members[user.id] = try Member(
                user: user, stored: row[3], changedAtMilliseconds: row[4], knowing: known?.members[user.id])
        }
        return room
    }

    /// - Throws: ``HubStoreError/Code/notFound``.
    static func require(_ roomID: String, _ db: Database) throws {
        guard try Row.fetchOne(db, sql: "SELECT 1 FROM room WHERE id = ?", arguments: [roomID]) != nil else {
            throw missing(roomID)
        }
    }

    static func missing(_ roomID: String) -> HubStoreError {
        HubStoreError(.notFound, "There is no room \(roomID). Make one with: strapline-hub room create")
    }

    static func insert(config: String, now: Int64, _ db: Database) throws -> String {
        let roomID = try RandomBytes.hex(bytes: 12)
        try db.execute(
            sql: "INSERT INTO room (id, config, changed_at_ms) VALUES (?, ?, ?)", arguments: [roomID, config, now])
        return roomID
    }

    static func setConfig(_ config: String, ofRoom roomID: String, now: Int64, _ db: Database) throws {
        try require(roomID, db)
        try db.execute(
            sql: "UPDATE room SET config = ?, changed_at_ms = ? WHERE id = ?", arguments: [config, now, roomID])
    }

    static func delete(_ roomID: String, _ db: Database) throws {
        try require(roomID, db)
        try db.execute(sql: "DELETE FROM room WHERE id = ?", arguments: [roomID])
    }

    /// Adds a member, or gives one another configuration; without a `config` a member's stays.
    static func setMember(_ user: User, roomID: String, config: String?, now: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO room_member (room_id, user_id, config, changed_at_ms)
                VALUES (:room, :user, coalesce(:config, '{}'), :now)
                ON CONFLICT DO UPDATE SET config = :config, changed_at_ms = :now WHERE :config IS NOT NULL
                """,
            arguments: ["room": roomID, "user": user.id, "config": config, "now": now])
    }

    /// - Throws: ``HubStoreError/Code/notFound`` for a user who is not a member.
    static func deleteMember(_ user: User, roomID: String, _ db: Database) throws {
        try require(roomID, db)
        try db.execute(
            sql: "DELETE FROM room_member WHERE room_id = ? AND user_id = ?", arguments: [roomID, user.id])
        guard db.changesCount > 0 else {
            throw HubStoreError(.notFound, "\(user.name) is not a member of the room \(roomID).")
        }
    }

    /// A configuration as the database holds it.
    /// - Throws: ``HubStoreError/Code/invalidRequest``.
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
                "A configuration holds text with control characters, direction marks or zero-width characters. "
                    + "Remove them."
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
