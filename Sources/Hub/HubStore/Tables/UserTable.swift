/// The rows of `user`.
enum UserTable {
    static func all(_ db: any SQLSession) throws -> [User] {
        try db.rows(#"SELECT id, profile_id, name FROM "user" ORDER BY id"#).map(User.init(row:))
    }

    /// One row; nil if the user was removed.
    static func user(_ id: Int64, _ db: any SQLSession) throws -> User? {
        try db.row(#"SELECT id, profile_id, name FROM "user" WHERE id = ?1"#, id).map(User.init(row:))
    }

    /// Finds a user by name, else by number or profile ID.
    ///
    /// - Throws: ``HubStoreError/Code/notFound``.
    static func find(_ user: String, _ db: any SQLSession) throws -> User {
        if let named = try named(user, db) { return named }
        let row = try db.row(
            #"SELECT id, profile_id, name FROM "user" WHERE id = ?2 OR profile_id = ?1"#, user, Int64(user))
        guard let row else {
            let isName = (try? checkName(user)) != nil
            throw HubStoreError(
                .notFound, "There is no user \(user).", remedy: isName ? .addUser(named: user) : .listUsers)
        }
        return try User(row: row)
    }

    /// Nil if no user has this name, in any spelling of Unicode: `é` is one scalar, or `e` and a mark, as some systems
    /// type it.
    static func named(_ name: String, _ db: any SQLSession) throws -> User? {
        if let user = try spelled(name, db) { return user }
        return hasOneSpelling(name) ? nil : try all(db).first { $0.name == name }
    }

    static func hasOneSpelling(_ name: String) -> Bool { name.utf8.allSatisfy { $0 < 0x80 } }

    /// Nil if no user has this name in this spelling.
    static func spelled(_ name: String, _ db: any SQLSession) throws -> User? {
        try db.row(#"SELECT id, profile_id, name FROM "user" WHERE name = ?1"#, name).map(User.init(row:))
    }

    /// - Throws: ``HubStoreError/Code/invalidRequest``.
    static func checkName(_ name: String) throws {
        try AccountName.check(name, "A user's name")
        guard !name.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            throw HubStoreError(
                .invalidRequest, "A user's name has something else than digits, which would be a user's number.")
        }
    }

    /// - Throws: ``HubStoreError/Code/conflict`` for a name that is taken.
    static func insert(named name: String, now: Int64, _ db: any SQLSession) throws -> User {
        guard try named(name, db) == nil else {
            throw HubStoreError(.conflict, "There is a user \(name) already. Choose another name.")
        }
        return try insertNew(named: name, now: now, db)
    }

    /// The same for a name that no user has.
    static func insertNew(named name: String, now: Int64, _ db: any SQLSession) throws -> User {
        let profileID = try RandomBytes.hex(bytes: 12)
        let id = try db.newID(
            #"INSERT INTO "user" (profile_id, name, created_at_ms) VALUES (?1, ?2, ?3) RETURNING id"#,
            profileID, name, now)
        return User(id: id, profileID: profileID, name: name)
    }

    /// Ends the user's tokens and memberships. The row and the readings remain.
    static func disconnect(_ user: User, _ db: any SQLSession) throws {
        for table in ["token", "client_grant", "room_member"] {
            try db.execute("DELETE FROM \(table) WHERE user_id = ?1", user.id)
        }
    }

    static func delete(_ user: User, _ db: any SQLSession) throws {
        try db.execute(#"DELETE FROM "user" WHERE id = ?1"#, user.id)
    }
}

extension User {
    /// `id`, `profile_id` and `name`.
    init(row: SQLRow) throws {
        try self.init(row: row, from: 0)
    }

    /// `id`, `profile_id` and `name`, in this order from the column `first` on.
    init(row: SQLRow, from first: Int) throws {
        let id: Int64 = try row[first]
        let name = AccountName.stored(try row[first + 2])
        self.init(id: id, profileID: try row[first + 1], name: name.isEmpty ? "user \(id)" : name)
    }
}
