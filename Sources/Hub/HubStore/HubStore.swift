package import Timing

/// Everything that a hub keeps: four stores over one database.
///
/// ```swift
/// let store = try HubStore(path: "hub.sqlite")
/// let anna = try await store.accounts.addUser(named: "Anna")
/// try await store.readings.append(reading)
/// ```
package final class HubStore: Sendable {
    package let database: HubDatabase
    package let accounts: AccountStore
    package let roster: RosterStore
    package let oauth: OAuthStore
    package let readings: ReadingStore

    /// Opens the database, see ``HubDatabase/init(path:time:isCommand:)``.
    /// - Throws: ``HubStoreError``.
    package init(path: String, time: any TimeSource = KernelTime(), isCommand: Bool = false) throws {
        database = try HubDatabase(path: path, time: time, isCommand: isCommand)
        accounts = AccountStore(database)
        roster = RosterStore(database)
        oauth = OAuthStore(database)
        readings = ReadingStore(database)
    }

    package var time: any TimeSource { database.time }

    /// Closes the file after all operations have ended.
    package func close() throws {
        try database.close()
    }
}
