import Files
import FoundationEssentials
import GRDB
import Glibc

/// How the hub opens its SQLite file.
enum DatabaseFile {
    /// How long a write waits for another process that writes. The administration writes one row at a time.
    static let busyTimeoutSeconds = 5.0

    /// Connections that read beside the writer. More would only wait for the same disk.
    static let readerCount = 4

    /// SQLite truncates the write-ahead log to this size after a burst.
    private static let journalBytes = 16 << 20

    /// Of the pool: one writer, ``readerCount`` readers.
    static var poolConfiguration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.maximumReaderCount = readerCount
        configuration.label = "strapline-hub"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_size_limit = \(journalBytes)")
        }
        return configuration
    }

    /// Of the connection for strangers' look-ups.
    static var lookUpConfiguration: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.label = "strapline-hub-look-up"
        return configuration
    }

    /// Creates the file with mode 0600 before SQLite opens it, so that other users cannot read it at any moment.
    /// SQLite gives the same mode to the log and to the shared memory beside it.
    static func createPrivately(_ path: String) throws {
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
        defer { Glibc.close(file) }
        try refuseForeignContent(of: file, path)
    }

    /// Before SQLite opens the file, and before its mode is corrected: a file of another program stays as it is.
    private static func refuseForeignContent(of file: CInt, _ path: String) throws(HubStoreError) {
        var start = [UInt8](repeating: 0, count: SQLiteHeader.byteCount)
        let count = pread(file, &start, start.count, 0)
        switch SQLiteHeader.content(start.prefix(max(0, count)), applicationID: HubSchema.applicationID) {
        case .none, .own: return
        case .otherDatabase: throw HubSchema.foreign(path)
        case .otherFile:
            // After a crash the write-ahead log may have the first page, and that of the file be damaged.
            var log = stat()
            if stat(path + "-wal", &log) == 0, log.st_size > 0 { return }
            throw HubStoreError(
                .cannotOpen,
                "Cannot open the hub's database \(path): it is no SQLite database, or it is damaged. Check the path.")
        }
    }

    /// Why the file system of a path is unsuitable for a database; nil if it is suitable.
    static func unsuitability(of path: String) -> FileSystemTrial.Failure? {
        let slash = path.lastIndex(of: "/")
        return FileSystemTrial.failure(in: slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
    }

    private static func refuseUnsuitableFolder(of path: String) throws(HubStoreError) {
        guard let failure = unsuitability(of: path) else { return }
        throw HubStoreError(
            .cannotOpen,
            "Cannot open the hub's database \(path): \(failure). Put it on a local disk with --database.")
    }
}
