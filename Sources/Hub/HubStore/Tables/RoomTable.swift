import FoundationEssentials
import PulsoidAPI
import TextFormats

/// The rows of `room` and `room_member`.
enum RoomTable {
    /// Largest configuration of a room or a member as JSON, in bytes: the hub sends it to every reader of the room.
    private static let configBytes = 16 << 10

    /// Every room with its members.
    static func all(_ db: any SQLSession) throws -> [Room] {
        try db.rows("SELECT id FROM room").compactMap { try room($0[0], db) }
    }

    /// One room with its members; nil if there is none. Parsed configurations of `known` are used again.
    static func room(_ id: String, knowing known: Room? = nil, _ db: any SQLSession) throws -> Room? {
        guard let row = try db.row("SELECT id, config, changed_at_ms FROM room WHERE id = ?1", id) else { return nil }
        var room = try Room(id: id, stored: try row[1], changedAtMilliseconds: try row[2], knowing: known)
        let members = try db.rows(
            """
            SELECT id, profile_id, name, config, changed_at_ms
            FROM room_member JOIN "user" ON "user".id = user_id WHERE room_id = ?1
            """, id)
        for row in members {
            let user = try User(row: row)
            room.members[user.id] = try Member(
                user: user, stored: try row[3], changedAtMilliseconds: try row[4], knowing: known?.members[user.id])
        }
        return room
    }

    /// Finds a room by its ID or its name. The case of letters counts only between rooms that differ in nothing else.
    ///
    /// - Throws: ``HubStoreError/Code/notFound``; ``HubStoreError/Code/invalidRequest`` for a name of several rooms.
    static func find(_ room: String, _ db: any SQLSession) throws -> RoomReference {
        let rooms = try db.rows("SELECT id, config FROM room ORDER BY id").map {
            RoomReference(id: try $0[0], name: RoomReference.name(in: try JSONValue(stored: try $0[1])))
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

    static func insert(config: String, now: Int64, _ db: any SQLSession) throws -> String {
        let roomID = try RandomBytes.hex(bytes: 12)
        try db.execute("INSERT INTO room (id, config, changed_at_ms) VALUES (?1, ?2, ?3)", roomID, config, now)
        return roomID
    }

    /// The configuration of a member; nil if the user is not one.
    static func memberConfig(_ user: User, roomID: String, _ db: any SQLSession) throws -> JSONValue? {
        let config: String? = try db.value(
            "SELECT config FROM room_member WHERE room_id = ?1 AND user_id = ?2", roomID, user.id)
        return try config.map { try JSONValue(stored: $0) }
    }

    static func setConfig(_ config: String, ofRoom roomID: String, now: Int64, _ db: any SQLSession) throws {
        try db.execute("UPDATE room SET config = ?1, changed_at_ms = ?2 WHERE id = ?3", config, now, roomID)
    }

    static func delete(_ roomID: String, _ db: any SQLSession) throws {
        try db.execute("DELETE FROM room WHERE id = ?1", roomID)
    }

    /// Adds a member, or gives one another configuration; without a `config` a member's stays.
    static func setMember(_ user: User, roomID: String, config: String?, now: Int64, _ db: any SQLSession) throws {
        try db.execute(
            """
            INSERT INTO room_member (room_id, user_id, config, changed_at_ms)
            VALUES (?1, ?2, coalesce(CAST(?3 AS text), '{}'), ?4)
            ON CONFLICT (room_id, user_id) DO UPDATE SET config = CAST(?3 AS text), changed_at_ms = ?4
            WHERE CAST(?3 AS text) IS NOT NULL
            """, roomID, user.id, config, now)
    }

    /// - Throws: ``HubStoreError/Code/notFound`` for a user who is not a member.
    static func deleteMember(_ user: User, room: RoomReference, _ db: any SQLSession) throws {
        guard try db.execute("DELETE FROM room_member WHERE room_id = ?1 AND user_id = ?2", room.id, user.id) > 0 else {
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
