import GRDB
import Timing

extension HubStore {
    /// So many rows are deleted in one transaction: some milliseconds, for which those who write have to wait.
    static let rowsPerDeletion = 1000

    /// Makes a user.
    ///
    /// The name is 1 to 64 printable Unicode scalars; not digits alone, which would read as a number of a user.
    package func addUser(named name: String) async throws -> User {
        try Self.checkName(name)
        let now = time.now().wallMilliseconds
        return try await administer { db in
            let user = try Self.insertUser(named: name, now: now, db)
            try self.note(.userAdded(user), db)
            return user
        }
    }

    /// Every user, by number.
    /// - Throws: ``HubStoreError``.
    package func users() async throws -> [User] {
        try await reading { db in
            try Row.fetchAll(db, sql: "SELECT id, profile_id, name FROM user ORDER BY id").map(User.init(row:))
        }
    }

    /// One user, by a name, a user's number or a profile's identifier.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/notFound``.
    package func user(_ user: String) async throws -> User {
        try await reading { try Self.user(user, $0) }
    }

    /// Removes a user with all that is kept of them. Their tokens end and they leave their rooms at once; readings go in
    /// small steps, between which others write. Where that is broken off, the user is there still and can be removed again.
    ///
    /// - Parameter user: a name, a user's number or a profile's identifier.
    /// - Returns: who it was.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/notFound``.
    @discardableResult
    package func removeUser(_ user: String) async throws -> User {
        let user = try await administer { db in
            let user = try Self.user(user, db)
            for table in ["token", "client_grant", "room_member"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE user_id = ?", arguments: [user.id])
            }
            try self.note(.userRemoved(user), db)
            return user
        }
        while try await deleteReadings(ofUser: user.id) > 0 {}
        while try await deleteBeats(ofUser: user.id) > 0 {}
        try await administer { try $0.execute(sql: "DELETE FROM user WHERE id = ?", arguments: [user.id]) }
        return user
    }

    static func checkName(_ name: String) throws {
        try AdministrationName.check(name, "A user's name")
        guard !name.allSatisfy(\.isASCIIDigit) else {
            throw HubStoreError(
                .invalidRequest, "A user's name has something else than digits, which would be a user's number.")
        }
    }

    static func insertUser(named name: String, now: Int64, _ db: Database) throws -> User {
        guard try Row.fetchOne(db, sql: "SELECT 1 FROM user WHERE name = ?", arguments: [name]) == nil else {
            throw HubStoreError(.conflict, "There is a user \(name) already. Choose another name.")
        }
        let profileID = try RandomBytes.hex(bytes: 12)
        try db.execute(
            sql: "INSERT INTO user (profile_id, name, created_at_ms) VALUES (?, ?, ?)",
            arguments: [profileID, name, now])
        return User(id: db.lastInsertedRowID, profileID: profileID, name: name)
    }

    /// The user's oldest readings, of those before a moment, in one small step.
    /// - Returns: how many went.
    package func deleteReadings(ofUser userID: Int64, beforeMilliseconds end: Int64 = .max) async throws -> Int {
        try await deleteReadings(userID, "measured_at_ms < :moment", end)
    }

    /// The same of readings after a moment.
    package func deleteReadings(ofUser userID: Int64, afterMilliseconds start: Int64) async throws -> Int {
        try await deleteReadings(userID, "measured_at_ms > :moment", start)
    }

    /// The same of beats, by the second in which they began.
    package func deleteBeats(ofUser userID: Int64, beforeSeconds end: Int64 = .max) async throws -> Int {
        try await deleteBeats(userID, "start_s < :moment", end)
    }

    /// The same of beats that began after a moment.
    package func deleteBeats(ofUser userID: Int64, afterSeconds start: Int64) async throws -> Int {
        try await deleteBeats(userID, "start_s > :moment", start)
    }

    private func deleteReadings(_ userID: Int64, _ condition: String, _ moment: Int64) async throws -> Int {
        try await delete(
            """
            DELETE FROM reading WHERE user_id = :user AND measured_at_ms IN (
                SELECT measured_at_ms FROM reading WHERE user_id = :user AND \(condition)
                ORDER BY measured_at_ms LIMIT \(Self.rowsPerDeletion))
            """, userID, moment)
    }

    private func deleteBeats(_ userID: Int64, _ condition: String, _ moment: Int64) async throws -> Int {
        try await delete(
            """
            DELETE FROM beat WHERE (user_id, start_s, end_s, value) IN (
                SELECT user_id, start_s, end_s, value FROM beat WHERE user_id = :user AND \(condition)
                ORDER BY start_s LIMIT \(Self.rowsPerDeletion))
            """, userID, moment)
    }

    private func delete(_ sql: String, _ userID: Int64, _ moment: Int64) async throws -> Int {
        try await onWriter { db in
            try db.cachedStatement(sql: sql).execute(arguments: ["user": userID, "moment": moment])
            return db.changesCount
        }
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
