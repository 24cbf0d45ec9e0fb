import Glibc

/// Keeps a second process away from an outbox: an exclusive `flock(2)` on a file beside it, which ends with the
/// process.
///
/// Not on the database file itself: SQLite's own locks there are lost when any descriptor of the file is closed.
final class OutboxLock: Sendable {
    private let descriptor: CInt

    init(forOutboxAt path: String) throws(OutboxError) {
        let opened = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        // A lock needs no writing, only the name of its holder does.
        descriptor = opened < 0 && errno == EROFS ? Self.openReadOnly(path) : opened
        guard descriptor >= 0 else {
            throw OutboxError(systemError: errno, path: path)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            // From here on `deinit` closes the descriptor, also when this throws.
            let holder = Self.holder(descriptor)
            throw OutboxError(
                .inUse, path: path, detail: "in use by \(holder.map { "process \($0)" } ?? "another process")")
        }
        ftruncate(descriptor, 0)
        let holder = "\(getpid())\n"
        _ = pwrite(descriptor, holder, holder.utf8.count, 0)
    }

    deinit {
        // A process that is being started has the descriptor for a moment too: closing alone would not unlock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Whether the lock is still the one that another process would come to.
    func isInPlace(forOutboxAt path: String) -> Bool {
        var (own, found) = (stat(), stat())
        return fstat(descriptor, &own) == 0 && stat(path + ".lock", &found) == 0 && own.st_dev == found.st_dev
            && own.st_ino == found.st_ino
    }

    private static func openReadOnly(_ path: String) -> CInt {
        let descriptor = open(path + ".lock", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { errno = EROFS }
        return descriptor
    }

    private static func holder(_ descriptor: CInt) -> Int? {
        var digits = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &digits, digits.count, 0)
        return Int(String(decoding: digits.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self))
    }
}
