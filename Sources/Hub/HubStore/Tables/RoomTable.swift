import FoundationEssentials
import GRDB
import PulsoidAPI
import TextFormats

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

    /// Finds a room by its ID or its name. The case of letters counts only between rooms that differ in nothing else.
    ///
    /// - Throws: ``HubStoreError/Code/notFound``; ``HubStoreError/Code/invalidRequest`` for a name of several rooms.
    static func find(_ room: String, _ db: Database) throws -> RoomReference {
        let rooms = try Row.fetchAll(db, sql: "SELECT id, config FROM room ORDER BY id").map {
            RoomReference(id: $0[0], name: RoomReference.name(in: try JSONValue(stored: $0[1])))
        }
        return try find(room, in: rooms)
    }

    static func find(_ room: String, in rooms: [RoomReference]) throws(HubStoreError) -> RoomReference {
        if let exact = rooms.first(where: { $0.id == room }) { return exact }
        let similar = rooms.filter { $0.name?.lowercased() == room.lowercased() }
        let exact = similar.filter { $0.name == room }
        let found = exact.isEmpty ? similar : exact
        guard let first = found.first else { throw missing(room, among: rooms) }
        guard found.count == 1 else {
            throw HubStoreError(
                .invalidRequest,
                "\(found.count) rooms are called \(room). Name one by its ID: "
                    + "\(found.map(\.id).joined(separator: ", ")).", remedy: .listRooms)
        }
        return first
    }

    private static func missing(_ room: String, among rooms: [RoomReference]) -> HubStoreError {
        let names = rooms.map(\.label).joined(separator: ", ")
        let known = rooms.isEmpty || rooms.count > 20 ? "" : " The rooms are: \(names)."
        let isName = !room.isEmpty && room.isPrintable(scalars: RoomReference.nameScalars)
        return HubStoreError(
            .notFound, "There is no room \(room).\(known)", remedy: isName ? .createRoom(named: room) : .listRooms)
    }

    static func insert(config: String, now: Int64, _ db: Database) throws -> String {
        let roomID = try RandomBytes.hex(bytes: 12)
        try db.execute(
            sql: "INSERT INTO room (id, config, changed_at_ms) VALUES (?, ?, ?)", arguments: [roomID, config, now])
        return roomID
    }

    /// The configuration of a member; nil if the user is not one.
    static func memberConfig(_ user: User, roomID: String, _ db: Database) throws -> JSONValue? {
        try String.fetchOne(
            db, sql: "SELECT config FROM room_member WHERE room_id = ? AND user_id = ?", arguments: [roomID, user.id]
        ).map { try JSONValue(stored: $0) }
    }

    static func setConfig(_ config: String, ofRoom roomID: String, now: Int64, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE room SET config = ?, changed_at_ms = ? WHERE id = ?", arguments: [config, now, roomID])
    }

    static func delete(_ roomID: String, _ db: Database) throws {
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
    static func deleteMember(_ user: User, room: RoomReference, _ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM room_member WHERE room_id = ? AND user_id = ?", arguments: [room.id, user.id])
        guard db.changesCount > 0 else {
            throw HubStoreError(
                .notFound, "\(user.name) is not a member of the room \(room.label).", remedy: .listRooms)
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
