import Files
import FoundationEssentials
import GRDB
import Glibc

extension HubStore {
    /// `PRAGMA application_id` of a hub's file: "StHb". Keeps the hub from writing its tables into somebody else's.
    static let applicationID: Int64 = 0x5374_4862

    /// How long a write waits for another process that is writing. The administration writes one row at a time.
    static let busyTimeoutSeconds = 5.0

    /// Reads run beside the writer; more than these would only wait for the same disk.
    package static let readerCount = 4

    /// The write-ahead log is cut back to this after a burst.
    private static let journalBytes = 16 << 20

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.maximumReaderCount = readerCount
        configuration.label = "strapline-hub"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_size_limit = \(journalBytes)")
        }
        return configuration
    }

    /// Of the connection that looks things up for strangers.
    static var lookUpConfiguration: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.label = "strapline-hub-look-up"
        return configuration
    }

    /// Makes the file before SQLite does, so that nobody else can read it at any moment. SQLite gives the same mode to the
    /// log and to the shared memory beside it.
    static func createPrivateFile(_ path: String) throws {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try FileManager.default.createDirectory(
                atPath: String(path[..<slash]), withIntermediateDirectories: true)
        }
        try refuseUnsuitableFolder(of: path)
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)
        guard file >= 0 else {
            throw HubStoreError(
                .cannotOpen,
                "Cannot open the hub's database \(path): \(String(cString: strerror(errno))). Name a file "
                    + "in a folder that this user may write to with --database.")
        }
        Glibc.close(file)
    }

    /// What the file system of a path lacks for a database; nil where it has all.
    static func lack(at path: String) -> FileSystemTrial.Failure? {
        let slash = path.lastIndex(of: "/")
        return FileSystemTrial.failure(in: slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
    }

    private static func refuseUnsuitableFolder(of path: String) throws(HubStoreError) {
        guard let failure = lack(at: path) else { return }
        throw HubStoreError(
            .cannotOpen,
            "Cannot open the hub's database \(path): \(failure). Put it on a local disk with --database.")
    }
}
