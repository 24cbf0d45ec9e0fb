import GRDB
import GRDBSQLite
import Glibc

/// The disk cannot read a part of the outbox's file.
struct UnreadableSector: Error {
    /// SQLite's message.
    let detail: String

    /// Nil if `error` has another cause.
    ///
    /// SQLite reports an `EIO` while reading as a malformed database (`SQLITE_IOERR_CORRUPTFS` in its os_unix.c). A
    /// file control gives the real error (https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html).
    init?(_ error: DatabaseError, in db: Database) {
        var systemError: CInt = 0
        guard error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_IOERR,
            sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_LAST_ERRNO, &systemError) == SQLITE_OK,
            systemError == EIO
        else { return nil }
        detail = "\(error)"
    }
}
