import GRDB
import GRDBSQLite
import Glibc

/// The disk cannot read a part of the outbox's file.
struct UnreadableSector: Error {
    /// In SQLite's words.
    let detail: String

    /// Nil where it is something else that `error` tells.
    ///
    /// SQLite says of an `EIO` while it reads that the database is malformed (`SQLITE_IOERR_CORRUPTFS` in its os_unix.c); but
    /// it knows better, and tells when it is asked (https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html).
    init?(_ error: DatabaseError, in db: Database) {
        var systemError: CInt = 0
        guard error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_IOERR,
            sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_LAST_ERRNO, &systemError) == SQLITE_OK,
            systemError == EIO
        else { return nil }
        detail = "\(error)"
    }
}
