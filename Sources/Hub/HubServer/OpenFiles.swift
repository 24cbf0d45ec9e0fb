import FoundationEssentials
import HubStore
import NIOCore

/// The files that a hub has open beside its connections. At the limit of open files it could not read its database, renew its
/// certificate or issue a token; so these are set aside before any connection.
package struct OpenFiles: Sendable {
    /// Each event loop has an epoll, an event and a timer descriptor.
    private static let perEventLoop = 3
    /// A database connection has the file, its log and, while it sorts or spills, a temporary file.
    private static let perDatabaseConnection = 3
    /// Readers of the pool, its writer, and a backup or another look at the file.
    private static let databaseConnections = HubStore.readerCount + 3
    /// Shared memory of the database, the listening sockets, certificate and key while they are loaded, folders that are synced,
    /// the system's randomness and time, and some to spare.
    private static let others = 24

    /// Those that are open when the hub starts, inherited ones included.
    let inherited: Int
    let eventLoops: Int

    init(inherited: Int, eventLoops: Int) {
        self.inherited = inherited
        self.eventLoops = eventLoops
    }

    /// As it is in this process, before the hub has opened anything.
    package static func current() -> OpenFiles {
        let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        return OpenFiles(inherited: open ?? 16, eventLoops: NIOSingletons.groupLoopCountSuggestion)
    }

    /// How many files are needed beside connections.
    package var needed: Int {
        inherited + eventLoops * Self.perEventLoop + Self.databaseConnections * Self.perDatabaseConnection + Self.others
    }
}
