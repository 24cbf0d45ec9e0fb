import GRDB

extension HubStore {
    /// Ends tokens that were issued a moment ago and that nobody has seen, because they could not be shown.
    ///
    /// - Parameter secrets: the tokens themselves, of users or of the administration.
    /// - Throws: ``HubStoreError``.
    package func takeBack(_ secrets: [String]) async throws {
        try await administer { db in
            for hash in secrets.map({ TokenHash(of: $0).bytes }) {
                try db.execute(sql: "DELETE FROM token WHERE hash = ?", arguments: [hash])
                try db.execute(sql: "DELETE FROM admin_token WHERE hash = ?", arguments: [hash])
            }
        }
    }

    /// Undoes a first setup whose tokens nobody has seen.
    /// - Throws: ``HubStoreError``.
    package func takeBack(_ setup: FirstSetup) async throws {
        try await takeBack([setup.adminToken])
        try await removeRoom(setup.roomID)
        _ = try await removeUser(String(setup.user.id))
    }
}
