import GRDB
package import PulsoidAPI
import Timing

extension HubStore {
    /// Makes a room without members and returns its identifier.
    package func createRoom(config: JSONValue = .object([:])) async throws -> String {
        let config = try Self.text(ofConfig: config)
        let now = time.now().wallMilliseconds
        return try await administer { db in
            let roomID = try Self.insertRoom(config: config, now: now, db)
            try self.note(.roomCreated(id: roomID), db)
            return roomID
        }
    }

    /// Every room with its members, by identifier.
    /// - Throws: ``HubStoreError``.
    package func rooms() async throws -> [RoomRecord] {
        try await refreshDirectory()
        return directory.rooms.values.map(RoomRecord.init).sorted { $0.id < $1.id }
    }

    /// One room with its members.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/notFound``.
    package func room(_ id: String) async throws -> RoomRecord {
        try await refreshDirectory()
        guard let room = directory.rooms[id] else { throw Self.noRoom(id) }
        return RoomRecord(room)
    }

    /// Gives a room another configuration.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/notFound``.
    package func setConfig(_ config: JSONValue, ofRoom roomID: String) async throws {
        let config = try Self.text(ofConfig: config)
        let now = time.now().wallMilliseconds
        try await administer { db in
            try Self.requireRoom(roomID, db)
            try db.execute(
                sql: "UPDATE room SET config = ?, changed_at_ms = ? WHERE id = ?", arguments: [config, now, roomID])
            try self.note(.roomConfigured(id: roomID), db)
        }
    }

    /// Removes a room; its streams end. What its members have measured stays theirs.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/notFound``.
    package func removeRoom(_ roomID: String) async throws {
        try await administer { db in
            try Self.requireRoom(roomID, db)
            try db.execute(sql: "DELETE FROM room WHERE id = ?", arguments: [roomID])
            try self.note(.roomRemoved(id: roomID), db)
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
    package func addMember(_ user: String, toRoom roomID: String, config: JSONValue? = nil) async throws -> User {
        let config = try config.map(Self.text(ofConfig:))
        let now = time.now().wallMilliseconds
        return try await administer { db in
            let user = try Self.user(user, db)
            try Self.requireRoom(roomID, db)
            try Self.insertMember(user, roomID: roomID, config: config, now: now, db)
            try self.note(.memberSet(user: "\(user.id)", roomID: roomID), db)
            return user
        }
    }

    /// Removes a member from a room; their streams of the room are disconnected.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/notFound``.
    @discardableResult
    package func removeMember(_ user: String, fromRoom roomID: String) async throws -> User {
        try await administer { db in
            let user = try Self.user(user, db)
            try Self.requireRoom(roomID, db)
            try db.execute(
                sql: "DELETE FROM room_member WHERE room_id = ? AND user_id = ?", arguments: [roomID, user.id])
            guard db.changesCount > 0 else {
                throw HubStoreError(.notFound, "\(user.name) is not a member of the room \(roomID).")
            }
            try self.note(.memberRemoved(user: "\(user.id)", roomID: roomID), db)
            return user
        }
    }

    static func insertRoom(config: String, now: Int64, _ db: Database) throws -> String {
        let roomID = try RandomBytes.hex(bytes: 12)
        try db.execute(
            sql: "INSERT INTO room (id, config, changed_at_ms) VALUES (?, ?, ?)", arguments: [roomID, config, now])
        return roomID
    }

    static func insertMember(_ user: User, roomID: String, config: String?, now: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO room_member (room_id, user_id, config, changed_at_ms)
                VALUES (:room, :user, coalesce(:config, '{}'), :now)
                ON CONFLICT DO UPDATE SET config = :config, changed_at_ms = :now WHERE :config IS NOT NULL
                """,
            arguments: ["room": roomID, "user": user.id, "config": config, "now": now])
    }
}

extension RoomRecord {
    package init(_ room: Room) {
        self.init(
            id: room.id, config: room.config,
            members: room.members.values.sorted { $0.user.id < $1.user.id }
                .map { Member(user: $0.user, config: $0.config) })
    }
}
