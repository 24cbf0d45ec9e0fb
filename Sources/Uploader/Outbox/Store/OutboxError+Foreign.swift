import Files
import GRDB
import Glibc

extension OutboxError {
    /// Translates an error of SQLite.
    init(_ error: any Error, path: String) {
        let error = (error as? UnreadableSector)?.cause ?? error
        if let error = error as? OutboxError {
            self = error
            return
        }
        if error is RowDecodingError {
            self.init(.damaged, path: path, detail: "\(error)")
            return
        }
        let code: Code =
            switch (error as? DatabaseError)?.resultCode {
            case .SQLITE_NOTADB: .notAnOutbox
            // In a sound file none of our statements is wrong, and no table is missing.
            case .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH: .damaged
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_IOERR:
                Self.fault(of: path, isInputOutput: (error as? DatabaseError)?.resultCode == .SQLITE_IOERR)
            case .SQLITE_FULL: .diskFull
            case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse
            default: .storageFailed
            }
        if code.mayMeanUnsuitableDisk, let failure = FileSystemTrial.failure(in: OutboxFile.folder(of: path)) {
            self.init(.unsuitableDisk, path: path, detail: failure.description)
            return
        }
        let extendedCode = (error as? DatabaseError).map { " (\($0.extendedResultCode.rawValue))" } ?? ""
        self.init(code, path: path, detail: "\(error)\(extendedCode)")
    }

    /// SQLite's I/O errors and unwritable files have several causes, each with its own fix.
    private static func fault(of path: String, isInputOutput: Bool) -> Code {
        if OutboxFile.isOnReadOnlyDisk(path) { return .readOnlyDisk }
        if isInputOutput { return OutboxFile.isOnFullDisk(path) ? .diskFull : .storageFailed }
        return OutboxFile.hasWrongVersion(path) ? .damaged : .notWritable
    }

    /// Translates an error of the system about opening a file of the outbox.
    init(systemError code: CInt, path: String) {
        let detail = String(cString: strerror(code))
        switch code {
        case ENOENT, ENOTDIR: self.init(.folderMissing, path: path, detail: detail)
        case EROFS: self.init(.readOnlyDisk, path: path, detail: detail)
        case EACCES, EPERM, EISDIR: self.init(.notWritable, path: path, detail: detail)
        case ENOSPC, EDQUOT: self.init(.diskFull, path: path, detail: detail)
        default: self.init(.storageFailed, path: path, detail: detail)
        }
    }
}

extension OutboxError.Code {
    /// Whether SQLite may report this because the file system lacks a feature.
    fileprivate var mayMeanUnsuitableDisk: Bool {
        switch self {
        case .damaged, .notAnOutbox, .notWritable, .storageFailed, .inUse: true
        default: false
        }
    }
}
