import FoundationEssentials
import HubStore
import NIOCore

/// The files that a hub needs beside its connections. Without them it could not read its database, renew its
/// certificate or issue a token, so they are reserved before any connection.
package struct OpenFiles: Sendable {
    /// Each event loop has an epoll, an event and a timer descriptor.
    private static let perEventLoop = 3
    /// A database connection has the file, its log and, while it sorts or spills, a temporary file.
    private static let perDatabaseConnection = 3
    /// The hub's own connections, and a backup.
    private static let databaseConnections = HubStore.connectionCount + 1
    /// Shared memory of the database, the listening sockets, certificate and key while they are loaded, folders that
    /// are synced, the system's randomness and time, and a reserve.
    private static let others = 24

    /// Open files at the start, inherited ones included.
    let inherited: Int
    let eventLoops: Int

    init(inherited: Int, eventLoops: Int) {
        self.inherited = inherited
        self.eventLoops = eventLoops
    }

    /// The state of this process, before the hub opens a file.
    package static func current() -> OpenFiles {
        let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        return OpenFiles(inherited: open ?? 16, eventLoops: NIOSingletons.groupLoopCountSuggestion)
    }

    /// The number of needed files beside connections.
    package var needed: Int {
        inherited + eventLoops * Self.perEventLoop + Self.databaseConnections * Self.perDatabaseConnection + Self.others
    }
}
