import Files
import Glibc

/// Errors of a process that only visits an outbox of another program.
extension OutboxError {
    static func refuseMissingFile(_ path: String) throws(OutboxError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            throw OutboxError(
                code == EACCES ? .notPermitted : .missing, path: path, detail: String(cString: strerror(code)))
        }
        if status.st_mode & S_IFMT == S_IFDIR { throw OutboxError(.notAnOutbox, path: path, detail: "a folder") }
    }

    /// Why no outbox can be in a folder that is there; nil where its file system has all that one needs.
    package init?(unsuitableFolder folder: String, outbox path: String) {
        guard let failure = FileSystemTrial.failure(in: folder) else { return nil }
        self.init(.unsuitableDisk, path: path, detail: failure.description)
    }

    /// Translates an error of SQLite for a reader, which needs no write permission.
    init(lookingOn error: any Error, path: String) {
        if let error = error as? UnreadableSector {
            self.init(.unreadable, path: path, detail: error.detail)
            return
        }
        let error = OutboxError(error, path: path)
        self =
            error.code == .notWritable
            ? OutboxError(.notPermitted, path: path, detail: error.detail) : error
    }
}
