package import HubAPI
import PulsoidAPI
import Timing

/// The users by name in any spelling, read once for many names.
private struct KnownUsers {
    /// Equal strings of Swift may have other scalars.
    private var users: [String: User]

    init(_ db: any SQLSession) throws {
        users = Dictionary(try UserTable.all(db).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Of two users with one name in two spellings, as earlier versions made them, the one that is spelled like it.
    func named(_ name: String, _ db: any SQLSession) throws -> User? {
        try UserTable.spelled(name, db) ?? (UserTable.hasOneSpelling(name) ? nil : users[name])
    }

    mutating func add(_ user: User) { users[user.name] = user }
}

/// Adds users with their room and their uploader's token in one step. It can be repeated: existing users, members and
/// tokens stay.
package struct RosterStore: Sendable {
    private let database: HubDatabase

    init(_ database: HubDatabase) {
        self.database = database
    }

    /// The users with a token that can write. ``add(_:renewingTokens:)`` gives them no other one, unless asked.
    package func usersWithTokens(among names: [String]) async throws -> Set<String> {
        let now = database.time.now().wallMilliseconds
        return try await database.read { db in
            let users = try KnownUsers(db)
            return try Set(
                names.filter { name in try users.named(name, db).map { try Self.hasToken($0, now, db) } ?? false })
        }
    }

    /// Adds all users, or none. With `renewingTokens` users who have a token get another.
    /// - Throws: ``RosterMistakes`` with every mistake; ``HubStoreError``.
    package func add(_ entries: [RosterEntry], renewingTokens: Bool = false) async throws -> [RosterResult] {
        let added = try await database.writeDirectory { change in
            var results: [RosterResult] = []
            var mistakes: [RosterMistakes.Mistake] = []
            var users = try KnownUsers(change.db)
            try change.db.savepoint {
                for (index, entry) in entries.enumerated() {
                    do {
                        results.append(try Self.add(entry, &users, renewingToken: renewingTokens, change))
                    } catch let error as HubStoreError where error.isOfTheRequest {
                        mistakes.append(.init(index: index, error: error))
                    }
                }
                return mistakes.isEmpty
            }
            return (results, mistakes)
        }
        guard added.1.isEmpty else { throw RosterMistakes(mistakes: added.1) }
        return added.0
    }

    /// Undoes an ``add(_:renewingTokens:)`` whose tokens could not be shown. A changed maximum heart rate stays.
    package func undo(_ results: [RosterResult]) async throws {
        try await database.writeDirectory { change in
            for result in results {
                if let token = result.token { try TokenTable.delete(TokenHash(of: token.accessToken), change.db) }
                if result.isNewUser {
                    try UserTable.disconnect(result.user, change.db)
                    try UserTable.delete(result.user, change.db)
                    try change.note(.userRemoved(result.user))
                } else if result.isNewMember, let room = result.room {
                    try RoomTable.deleteMember(result.user, room: room, change.db)
                    try change.note(.memberRemoved(user: "\(result.user.id)", roomID: room.id))
                }
            }
        }
    }

    private static func add(
        _ entry: RosterEntry, _ users: inout KnownUsers, renewingToken: Bool, _ change: ChangeTransaction
    ) throws -> RosterResult {
        let db = change.db
        try UserTable.checkName(entry.name)
        if let maximum = entry.maximumHeartRate, !RosterEntry.maximumHeartRates.contains(maximum) {
            throw HubStoreError(
                .invalidRequest,
                "A maximum heart rate is \(RosterEntry.maximumHeartRates.lowerBound) to "
                    + "\(RosterEntry.maximumHeartRates.upperBound), not \(maximum).")
        }
        let room = try entry.room.map { try RoomTable.find($0, db) }
        let known = try users.named(entry.name, db)
        let user = try known ?? UserTable.insertNew(named: entry.name, now: change.now, db)
        if known == nil {
            users.add(user)
            try change.note(.userAdded(user))
        }
        let isNewMember = try room.map { try setMember(user, $0, entry.maximumHeartRate, change) } ?? false
        var token: IssuedToken?
        if try renewingToken || !hasToken(user, change.now, db) {
            let issued = try TokenTable.insert(
                for: user, scopes: HubScope.uploader, label: TokenLabel.uploader, now: change.now, by: .commandLine, db)
            try change.note(.tokenIssued(issued))
            token = issued
        }
        return RosterResult(
            user: user, isNewUser: known == nil, room: room, isNewMember: isNewMember, token: token)
    }

    /// Returns whether the user was no member before. Other members of the configuration stay.
    private static func setMember(
        _ user: User, _ room: RoomReference, _ maximumHeartRate: Int?, _ change: ChangeTransaction
    ) throws -> Bool {
        let known = try RoomTable.memberConfig(user, roomID: room.id, change.db)
        var config = known
        if let maximumHeartRate {
            var members: [String: JSONValue] = [:]
            if case .object(let present)? = known { members = present }
            members["max_heart_rate"] = .integer(Int64(maximumHeartRate))
            config = .object(members)
        }
        guard known == nil || config != known else { return false }
        try RoomTable.setMember(
            user, roomID: room.id, config: config.map(RoomTable.text(ofConfig:)), now: change.now, change.db)
        try change.note(.memberSet(user: "\(user.id)", roomID: room.id))
        return known == nil
    }

    /// Whether the user has a token of the administration that writes.
    private static func hasToken(_ user: User, _ now: Int64, _ db: any SQLSession) throws -> Bool {
        try TokenTable.records(ofUser: user.id, db).contains { token in
            token.clientID == nil && token.scopes.contains(PulsoidScope.heartRateWrite.rawValue)
                && token.expiresAtMilliseconds.map { $0 > now } ?? true
        }
    }
}
