import Glibc

/// The database's share of the disk.
package struct DatabaseSizes: Sendable, Hashable {
    package var databaseBytes: Int64 = 0
    package var logBytes: Int64 = 0
    /// Nil if the system does not report it.
    package var freeBytes: Int64?

    package init(databaseBytes: Int64 = 0, logBytes: Int64 = 0, freeBytes: Int64? = nil) {
        self.databaseBytes = databaseBytes
        self.logBytes = logBytes
        self.freeBytes = freeBytes
    }

    /// Of a SQLite file, its write-ahead log and its file system, now.
    init(of path: String) {
        databaseBytes = Self.fileBytes(path)
        logBytes = Self.fileBytes(path + "-wal")
        var disk = statvfs()
        if statvfs(path, &disk) == 0 {
            freeBytes = Int64(clamping: UInt64(disk.f_bavail) * UInt64(disk.f_frsize))
        }
    }

    private static func fileBytes(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
