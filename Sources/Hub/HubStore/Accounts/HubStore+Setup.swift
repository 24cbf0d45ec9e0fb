import FoundationEssentials
import GRDB
import HubAPI
import PulsoidAPI
import Timing

extension HubStore {
    /// Makes a user, a room of theirs, and tokens for everything, all or nothing.
    ///
    /// - Parameters:
    ///   - name: as of ``addUser(named:)``.
    ///   - room: what the page calls the room.
    ///   - allowsOthers: whether it may be done where there are users.
    /// - Returns: all of it, with the tokens themselves.
    /// - Throws: ``HubStoreError``; ``HubStoreError/Code/conflict`` where there are users, or one of this name.
    package func setUp(userNamed name: String, room: String, allowsOthers: Bool = false) async throws -> FirstSetup {
        try Self.checkName(name)
        let config = try Self.text(ofConfig: .object(["name": .string(room)]))
        let now = time.now().wallMilliseconds
        return try await administer { db in
            if !allowsOthers, let other = try String.fetchOne(db, sql: "SELECT name FROM user ORDER BY id LIMIT 1") {
                throw HubStoreError(
                    .conflict,
                    "This hub is set up: it has the user \(other). Say --again to make one more user with a room, or use "
                        + "strapline-hub user, token and room.")
            }
            let user = try Self.insertUser(named: name, now: now, db)
            let roomID = try Self.insertRoom(config: config, now: now, db)
            try Self.insertMember(user, roomID: roomID, config: nil, now: now, db)
            try self.note(.userAdded(user), db)
            try self.note(.roomCreated(id: roomID), db)
            try self.note(.memberSet(user: "\(user.id)", roomID: roomID), db)
            func token(_ scopes: [String], mayConsent: Bool = false) throws -> String {
                let issued = try Self.insertToken(
                    for: user, scopes: scopes, mayConsent: mayConsent, now: now, by: .commandLine, db)
                try self.note(.tokenIssued(issued), db)
                return issued.accessToken
            }
            let admin = try Self.insertAdminToken(named: "init", now: now, by: .commandLine, db)
            try self.note(.adminTokenIssued(admin.token), db)
            return FirstSetup(
                user: user, roomID: roomID,
                uploaderToken: try token([PulsoidScope.heartRateWrite.rawValue, HubScope.beatsWrite]),
                readerToken: try token(
                    [PulsoidScope.heartRateRead, .roomRead, .statisticsRead, .profileRead].map(\.rawValue),
                    mayConsent: true),
                overlayToken: try token([PulsoidScope.heartRateRead.rawValue]),
                adminToken: admin.accessToken)
        }
    }
}
