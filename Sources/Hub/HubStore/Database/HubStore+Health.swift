import GRDB
import Glibc

extension HubStore {
    /// What the database takes of the disk.
    package struct FileSizes: Sendable, Hashable {
        package var databaseBytes: Int64 = 0
        package var logBytes: Int64 = 0
        /// Nil where the system does not tell.
        package var freeBytes: Int64?
    }

    package var fileSizes: FileSizes {
        var sizes = FileSizes(databaseBytes: Self.fileBytes(path), logBytes: Self.fileBytes(path + "-wal"))
        var disk = statvfs()
        if statvfs(path, &disk) == 0 {
            sizes.freeBytes = Int64(clamping: UInt64(disk.f_bavail) * UInt64(disk.f_frsize))
        }
        return sizes
    }

    private static func fileBytes(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// Returns when the database has had its turn with whoever writes and could be read.
    /// - Throws: ``HubStoreError``.
    package func checkReading() async throws {
        try await onWriter { _ = try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
    }

    /// Writes a number to the file that means nothing to anybody, `user_version`, and so finds out whether it takes writes.
    /// - Throws: ``HubStoreError``.
    package func checkWriting() async throws {
        try await onWriter { try $0.execute(sql: "PRAGMA user_version = 0") }
    }
}
