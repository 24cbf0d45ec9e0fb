import HubAPI
package import PulsoidAPI

/// Users, their tokens and rooms, and the tokens of the administration.
///
/// All methods throw ``HubStoreError``. A parameter `user` is a name, a user's number or a profile ID.
package struct AccountStore: Sendable {
    private let database: HubDatabase

    init(_ database: HubDatabase) {
        self.database = database
    }

    // MARK: Users

    /// Makes a user. The name is 1 to 64 printable Unicode scalars, and not digits alone: that would read as a user's
    /// number.
    package func addUser(named name: String) async throws -> User {
        try UserTable.checkName(name)
        return try await database.writeDirectory { change in
            let user = try UserTable.insert(named: name, now: change.now, change.db)
            try change.note(.userAdded(user))
            return user
        }
    }

    /// Every user, by number.
    package func users() async throws -> [User] {
        try await database.read { try UserTable.all($0) }
    }

    /// - Throws: ``HubStoreError/Code/notFound``.
    package func user(_ user: String) async throws -> User {
        try await database.read { try UserTable.find(user, $0) }
    }

    /// Removes a user with all data. The tokens and memberships end at once; readings are deleted in small steps,
    /// between which others write. If that is interrupted, the user still exists and can be removed again.
    ///
    /// - Throws: ``HubStoreError/Code/notFound``.
    @discardableResult
    package func removeUser(_ user: String) async throws -> User {
        let user = try await database.writeDirectory { change in
            let user = try UserTable.find(user, change.db)
            try UserTable.disconnect(user, change.db)
            try change.note(.userRemoved(user))
            return user
        }
        while try await database.write({ try ReadingTable.deleteReadings(ofUser: user.id, .before(.max), $0) }) > 0 {}
        while try await database.write({ try ReadingDetailTable.delete(ofUser: user.id, .before(.max), $0) }) > 0 {}
        while try await database.write({ try ReadingSlotTable.delete(ofUser: user.id, .before(.max), $0) }) > 0 {}
        while try await database.write({ try ReadingTable.deleteBeats(ofUser: user.id, .before(.max), $0) }) > 0 {}
        try await database.writeDirectory { try UserTable.delete(user, $0.db) }
        return user
    }

    // MARK: Users' tokens

    /// Issues a token. It is returned only now; the database keeps its hash.
    ///
    /// - Parameters:
    ///   - user: the owner.
    ///   - scopes: from `HubScope.all`, at least one.
    ///   - label: what the token is for, in lists; nil for none.
    ///   - mayConsent: whether the token may allow programs, see `docs/decisions/0001-consent-is-a-right.md`.
    ///   - lifetime: nil for a token that never expires.
    ///   - administrator: the issuer.
    /// - Returns: the token itself, for its owner.
    /// - Throws: ``HubStoreError/Code/invalidRequest`` for an unknown scope, ``HubStoreError/Code/notFound`` for an
    ///   unknown user.
    package func issueToken(
        forUser user: String, scopes: [String], label: String? = nil, mayConsent: Bool = false,
        lifetime: Duration? = nil, by administrator: Administrator = .commandLine
    ) async throws -> IssuedToken {
        let known = "Choose from \(HubScope.all.joined(separator: ", "))."
        if let unknown = scopes.first(where: { !HubScope.all.contains($0) }) {
            throw HubStoreError(.invalidRequest, "There is no scope \(unknown). \(known)")
        }
        guard !scopes.isEmpty else { throw HubStoreError(.invalidRequest, "A token needs a scope. \(known)") }
        if let label { try AccountName.check(label, "A token's label") }
        return try await database.writeDirectory { change in
            let issued = try TokenTable.insert(
                for: UserTable.find(user, change.db), scopes: scopes, label: label, mayConsent: mayConsent,
                now: change.now, expiresAtMilliseconds: lifetime.map { change.now + $0.components.seconds * 1000 },
                by: administrator,
                change.db)
            try change.note(.tokenIssued(issued))
            return issued
        }
    }

    /// The tokens of all users, or of one; those of programs too.
    /// - Throws: ``HubStoreError/Code/notFound``.
    package func tokens(ofUser user: String? = nil) async throws -> [TokenRecord] {
        try await database.read { db in
            try TokenTable.records(ofUser: user.map { try UserTable.find($0, db).id }, db)
        }
    }

    /// Records when tokens were used last, in milliseconds since the Unix epoch.
    package func noteUses(_ uses: [TokenHash: Int64]) async throws {
        try await database.write { try TokenTable.noteUses(uses, $0) }
    }

    /// Ends all tokens of a user that the administration issued, and with them the programs that they allowed.
    ///
    /// - Returns: the number of tokens.
    /// - Throws: ``HubStoreError/Code/notFound``.
    package func removeTokens(ofUser user: String) async throws -> Int {
        try await database.writeDirectory { change in
            let user = try UserTable.find(user, change.db)
            let tokens = try TokenTable.records(ofUser: user.id, change.db)
            for token in tokens {
                // Ended already with the token that allowed it.
                guard let row = try TokenTable.row(id: token.id, change.db) else { continue }
                _ = try TokenTable.end(row, change.db)
                try change.note(.tokenRemoved(id: token.id))
            }
            return tokens.count
        }
    }

    /// Ends a token, its streams, and the grants that it allowed. A program's token ends with its whole grant.
    ///
    /// - Parameter id: as in ``TokenRecord/id``.
    /// - Returns: the number of programs that lost their access.
    /// - Throws: ``HubStoreError/Code/notFound``.
    @discardableResult
    package func removeToken(_ id: String) async throws -> Int {
        let missing = HubStoreError(.notFound, "There is no token \(id).", remedy: .listTokens)
        // A mistyped ID costs no turn of the writer.
        guard try await database.read({ try TokenTable.row(id: id, $0) }) != nil else { throw missing }
        return try await database.writeDirectory { change in
            guard let token = try TokenTable.row(id: id, change.db) else { throw missing }
            let grants = try TokenTable.end(token, change.db)
            try change.note(.tokenRemoved(id: id))
            return grants
        }
    }

    // MARK: Tokens of the administration

    /// Issues a token of the administration. It is returned only now; the database keeps its hash.
    ///
    /// - Parameters:
    ///   - name: its purpose; one line of at most 64 characters.
    ///   - lifetime: nil for a token that never expires.
    ///   - administrator: the issuer.
    /// - Returns: the token itself, for its owner.
    /// - Throws: ``HubStoreError``.
    package func issueAdminToken(
        named name: String, lifetime: Duration? = nil, by administrator: Administrator = .commandLine
    ) async throws -> IssuedAdminToken {
        try AccountName.check(name, "A token's name")
        return try await database.writeDirectory { change in
            let issued = try AdminTokenTable.insert(
                named: name, now: change.now,
                expiresAtMilliseconds: lifetime.map { change.now + $0.components.seconds * 1000 }, by: administrator,
                change.db)
            try change.note(.adminTokenIssued(issued.token))
            return issued
        }
    }

    /// Every token of the administration, in the order of issue; expired ones too.
    package func adminTokens() async throws -> [AdminToken] {
        try await database.read { try AdminTokenTable.all($0) }
    }

    /// The token of the administration with a secret; nil if there is none.
    package func adminToken(_ hash: TokenHash) async throws -> AdminToken? {
        try await database.read { try AdminTokenTable.token(hash, $0) }
    }

    /// Ends a token of the administration.
    /// - Throws: ``HubStoreError/Code/notFound``.
    package func removeAdminToken(_ id: Int64) async throws {
        let missing = HubStoreError(
            .notFound, "There is no token of the administration with the number \(id).", remedy: .listAdminTokens)
        guard try await adminTokens().contains(where: { $0.id == id }) else { throw missing }
        try await database.writeDirectory { change in
            guard try AdminTokenTable.delete(id, change.db) else { throw missing }
            try change.note(.adminTokenRemoved(id: id))
        }
    }

    // MARK: Rooms

    /// Makes a room without members and returns its ID.
    package func createRoom(config: JSONValue = .object([:])) async throws -> String {
        let config = try RoomTable.text(ofConfig: config)
        return try await database.writeDirectory { change in
            let roomID = try RoomTable.insert(config: config, now: change.now, change.db)
            try change.note(.roomCreated(id: roomID))
            return roomID
        }
    }

    /// Every room with its members, by ID.
    package func rooms() async throws -> [RoomRecord] {
        try await database.refreshDirectory()
        return database.directory.rooms.values.map(RoomRecord.init).sorted { $0.id < $1.id }
    }

    /// One room with its members. `room` is an ID or a name, here and below.
    /// - Throws: ``HubStoreError/Code/notFound``; ``HubStoreError/Code/invalidRequest`` for a name of several rooms.
    package func room(_ room: String) async throws -> RoomRecord {
        let rooms = try await rooms()
        let found = try RoomTable.find(room, in: rooms.map(\.reference))
        guard let record = rooms.first(where: { $0.id == found.id }) else {
            throw HubStoreError(.notFound, "There is no room \(room).", remedy: .listRooms)
        }
        return record
    }

    /// Gives a room another configuration.
    /// - Throws: as ``room(_:)``.
    @discardableResult
    package func setConfig(_ config: JSONValue, ofRoom room: String) async throws -> RoomReference {
        let text = try RoomTable.text(ofConfig: config)
        return try await database.writeDirectory { change in
            let found = try RoomTable.find(room, change.db)
            try RoomTable.setConfig(text, ofRoom: found.id, now: change.now, change.db)
            try change.note(.roomConfigured(id: found.id))
            return RoomReference(id: found.id, name: RoomReference.name(in: config))
        }
    }

    /// Removes a room; its streams end. The readings of its members stay.
    /// - Throws: as ``room(_:)``.
    @discardableResult
    package func removeRoom(_ room: String) async throws -> RoomReference {
        try await database.writeDirectory { change in
            let found = try RoomTable.find(room, change.db)
            try RoomTable.delete(found.id, change.db)
            try change.note(.roomRemoved(id: found.id))
            return found
        }
    }

    /// Adds a user to a room, or gives a member another configuration.
    ///
    /// - Parameters:
    ///   - user: the new member.
    ///   - room: the room's ID or name.
    ///   - config: nil for an empty one, or to leave a member's unchanged.
    /// - Returns: the member.
    /// - Throws: ``HubStoreError/Code/notFound`` for an unknown user, and as ``room(_:)``.
    @discardableResult
    package func addMember(
        _ user: String, toRoom room: String, config: JSONValue? = nil
    ) async throws -> Membership {
        let config = try config.map(RoomTable.text(ofConfig:))
        return try await database.writeDirectory { change in
            let user = try UserTable.find(user, change.db)
            let room = try RoomTable.find(room, change.db)
            try RoomTable.setMember(user, roomID: room.id, config: config, now: change.now, change.db)
            try change.note(.memberSet(user: "\(user.id)", roomID: room.id))
            return Membership(user: user, room: room)
        }
    }

    /// Removes a member from a room; the member's streams of the room end.
    /// - Throws: ``HubStoreError/Code/notFound``, also for a user who is not a member; and as ``room(_:)``.
    @discardableResult
    package func removeMember(_ user: String, fromRoom room: String) async throws -> Membership {
        try await database.writeDirectory { change in
            let user = try UserTable.find(user, change.db)
            let room = try RoomTable.find(room, change.db)
            try RoomTable.deleteMember(user, room: room, change.db)
            try change.note(.memberRemoved(user: "\(user.id)", roomID: room.id))
            return Membership(user: user, room: room)
        }
    }

    // MARK: First user

    /// Makes a user, a room, and tokens for everything: all or nothing.
    ///
    /// - Parameters:
    ///   - name: as in ``addUser(named:)``.
    ///   - room: the room's name on the page.
    ///   - allowsOthers: whether other users may exist.
    /// - Returns: all of it, with the tokens themselves.
    /// - Throws: ``HubStoreError/Code/conflict`` if there are users, or one of this name.
    package func setUp(userNamed name: String, room: String, allowsOthers: Bool = false) async throws -> HubBootstrap {
        try UserTable.checkName(name)
        let config = try RoomTable.text(ofConfig: .object(["name": .string(room)]))
        return try await database.writeDirectory { change in
            if !allowsOthers, let other = try UserTable.all(change.db).first {
                throw HubStoreError(
                    .conflict,
                    "This hub is set up: it has the user \(other.name). Say --again to make one more user with a "
                        + "room.", remedy: .listUsers)
            }
            let user = try UserTable.insert(named: name, now: change.now, change.db)
            let roomID = try RoomTable.insert(config: config, now: change.now, change.db)
            try RoomTable.setMember(user, roomID: roomID, config: nil, now: change.now, change.db)
            try change.note(.userAdded(user))
            try change.note(.roomCreated(id: roomID))
            try change.note(.memberSet(user: "\(user.id)", roomID: roomID))
            func token(_ label: String, _ scopes: [String], mayConsent: Bool = false) throws -> String {
                let issued = try TokenTable.insert(
                    for: user, scopes: scopes, label: label, mayConsent: mayConsent, now: change.now,
                    by: .commandLine, change.db)
                try change.note(.tokenIssued(issued))
                return issued.accessToken
            }
            let admin = try AdminTokenTable.insert(named: "init", now: change.now, by: .commandLine, change.db)
            try change.note(.adminTokenIssued(admin.token))
            return HubBootstrap(
                user: user, roomID: roomID,
                uploaderToken: try token(TokenLabel.uploader, HubScope.uploader),
                readerToken: try token(
                    TokenLabel.reader,
                    [PulsoidScope.heartRateRead, .roomRead, .statisticsRead, .profileRead].map(\.rawValue),
                    mayConsent: true),
                overlayToken: try token(TokenLabel.overlay, [PulsoidScope.heartRateRead.rawValue]),
                adminToken: admin.accessToken)
        }
    }

    /// Ends new tokens that could not be shown: of users, or of the administration.
    package func revokeUnseen(_ secrets: [String]) async throws {
        try await database.writeDirectory { change in
            for secret in secrets {
                try TokenTable.delete(TokenHash(of: secret), change.db)
                try AdminTokenTable.delete(TokenHash(of: secret), change.db)
            }
        }
    }

    /// Undoes a ``setUp(userNamed:room:allowsOthers:)`` whose tokens could not be shown.
    package func undo(_ setup: HubBootstrap) async throws {
        try await revokeUnseen([setup.adminToken])
        try await removeRoom(setup.roomID)
        _ = try await removeUser(String(setup.user.id))
    }
}

extension AdminChange {
    package static func tokenIssued(_ token: IssuedToken) -> AdminChange {
        .tokenIssued(
            id: TokenHash(of: token.accessToken).tokenID, user: token.user, scopes: token.scopes,
            mayConsent: token.mayConsent)
    }
}

extension RoomRecord {
    init(_ room: Room) {
        self.init(
            id: room.id, config: room.config,
            members: room.members.values.sorted { $0.user.id < $1.user.id }
                .map { Member(user: $0.user, config: $0.config) })
    }
}
