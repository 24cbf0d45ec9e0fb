import GRDB
import GRDBSQLite
import Glibc

/// The disk cannot read a part of the outbox's file.
struct UnreadableSector: Error {
    /// SQLite's error.
    let cause: DatabaseError

    var detail: String { "\(cause)" }

    /// Nil if `error` has another cause.
    ///
    /// SQLite reports an `EIO` while reading as a malformed database (`SQLITE_IOERR_CORRUPTFS` in its os_unix.c). A
    /// file control gives the real error (https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html).
    init?(_ error: DatabaseError, in db: Database) {
        var systemError: CInt = 0
        guard error.resultCode == .SQLITE_CORRUPT || Self.readErrors.contains(error.extendedResultCode),
            sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_LAST_ERRNO, &systemError) == SQLITE_OK,
            systemError == EIO
        else { return nil }
        cause = error
    }

    private static let readErrors: [ResultCode] = [.SQLITE_IOERR_READ, .SQLITE_IOERR_CORRUPTFS]

    /// Runs statements. Their error is an ``UnreadableSector`` if the disk could not read what they needed.
    static func naming<Value>(in db: Database, _ body: (Database) throws -> Value) throws -> Value {
        do {
            return try body(db)
        } catch let error as DatabaseError {
            throw UnreadableSector(error, in: db) ?? error
        }
    }
}

extension ClosedRange<Int64> {
    /// About as many readings as a page of the file holds.
    private static var page: Int { 32 }

    /// The first of these ids, fewer than before, of which the disk may be able to read the readings.
    var prefixToRead: Self { lowerBound...lowerBound + Int64(count > Self.page ? Self.page : 1) - 1 }
    /// The last of these ids.
    var suffixToRead: Self { upperBound - Int64(count > Self.page ? Self.page : 1) + 1...upperBound }
}
